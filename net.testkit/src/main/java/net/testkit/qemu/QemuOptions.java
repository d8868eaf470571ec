package net.testkit.qemu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;

/**
 * How QEMU is started.
 *
 * @param name of the host, first part of its devices' addresses: lower-case letters, digits and hyphens
 * @param binary file name of QEMU's emulator for the board, with or without path; 7.2 or later
 * @param ramMiB the guest's RAM, from which DMA memory is allocated, 8 to 2048
 * @param cards 1 to {@link QemuBoard#maxCards}
 * @param board the machine
 */
public record QemuOptions(String name, String binary, int ramMiB, List<QemuCard> cards, QemuBoard board) {
    /** {@link #binary} for a PC unless told otherwise; looked for on the PATH. */
    public static final String BINARY = "qemu-system-x86_64";
    /** Option of setpriv. */
    static final String END_WITH_PARENT = "--pdeathsig";
    /** Where cards start on the root bus, or their root ports; below is the host bridge, at 31 the LPC bridge. */
    static final int FIRST_SLOT = 2;

    /** @throws DevException INVALID_PARAM if a value is out of range */
    public QemuOptions {
        cards = List.copyOf(cards);
        if (!name.matches("[a-z0-9-]+")) {
            throw new DevException(DevError.INVALID_PARAM, "'" + name + "' is not the name of a host: use lower-case letters, digits and hyphens");
        }
        if (ramMiB < 8 || ramMiB > 2048) {
            throw new DevException(DevError.INVALID_PARAM, ramMiB + " MiB of guest RAM are outside 8 to 2048");
        }
        if (cards.isEmpty() || cards.size() > board.maxCards()) {
            throw new DevException(DevError.INVALID_PARAM, cards.size() + " cards are outside 1 to " + board.maxCards());
        }
        if (board.isPlatform() && cards.stream().anyMatch(QemuCard::hotplug)) {
            throw new DevException(DevError.INVALID_PARAM, "the cards of board " + board + " are soldered: none can be pulled");
        }
    }

    /** Cards in a PC. */
    public QemuOptions(String name, String binary, int ramMiB, List<QemuCard> cards) {
        this(name, binary, ramMiB, cards, QemuBoard.Q35);
    }

    /** A host {@code qemu0} with 64 MiB and these cards. */
    public static QemuOptions of(QemuCard... cards) {
        return new QemuOptions("qemu0", BINARY, 64, List.of(cards));
    }

    /** A host {@code qemu0} with 64 MiB and these cards on that board. */
    public static QemuOptions of(QemuBoard board, QemuCard... cards) {
        return new QemuOptions("qemu0", board.binary(), 64, List.of(cards), board);
    }

    /** The binary is where it should be and can be executed. */
    public boolean isInstalled() {
        if (binary.indexOf('/') >= 0) {
            return Files.isExecutable(Path.of(binary));
        }
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "/usr/bin" : path).split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, binary))) {
                return true;
            }
        }
        return false;
    }

    /** The files that a QEMU shares with this process while it starts. */
    record Rendezvous(Path rom, Path ram, Path qtest, Path qmp, List<Path> cables) {
    }

    /** The command line. */
    List<String> command(Rendezvous files) {
        List<String> c = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            // The kernel ends QEMU when the thread that started it ends, so that even a killed JVM leaves nothing behind.
            c.addAll(List.of("/usr/bin/setpriv", END_WITH_PARENT, "KILL", "--"));
        }
        c.addAll(List.of(binary, "-name", name, "-accel", "tcg", "-nodefaults", "-display", "none", "-m", ramMiB + "M",
                "-object", "memory-backend-file,id=ram,size=" + ramMiB + "M,share=on,mem-path=" + escape(files.ram.toString()),
                "-qtest", "unix:" + files.qtest, "-qtest-log", "/dev/null",
                "-chardev", "socket,id=qmp,path=" + escape(files.qmp.toString()), "-mon", "chardev=qmp,mode=control"));
        for (int i = 0; i < cards.size(); i++) {
            c.addAll(List.of("-netdev", cards.get(i).network().netdev(files.cables.get(i).toString()) + ",id=" + networkId(i)));
        }
        c.addAll(board.isPlatform() ? soldered(files) : slots(files));
        return c;
    }

    /** A PC: nothing but the host bridge, the LPC bridge and what is asked for. */
    private List<String> slots(Rendezvous files) {
        List<String> c = new ArrayList<>(List.of("-bios", files.rom.toString(),
                "-machine", "q35,memory-backend=ram,sata=off,smbus=off,usb=off,hpet=off,vmport=off",
                // The root ports' own hot-plug registers, not ACPI's.
                "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"));
        for (int i = 0; i < cards.size(); i++) {
            if (cards.get(i).hotplug()) {
                c.addAll(List.of("-device", "pcie-root-port,id=%s,bus=pcie.0,addr=%02x.0,chassis=%d,slot=%d".formatted(portId(i), FIRST_SLOT + i, i + 1, i
                        + 1)));
            }
            c.addAll(List.of("-device", String.join(",", cardProperties(i))));
        }
        return c;
    }

    /** A board: its GEMs are there whether they are cabled or not, and all are alike. */
    private List<String> soldered(Rendezvous files) {
        List<String> c = new ArrayList<>(List.of("-machine", board.machine() + ",memory-backend=ram",
                "-device", "loader,addr=0,cpu-num=0,force-raw=on,file=" + escape(files.rom.toString()), "-audiodev", "none,id=silence"));
        cards.stream().flatMap(card -> card.properties().stream()).distinct().forEach(p -> c.addAll(List.of("-global", "cadence_gem." + p)));
        for (int i = 0; i < cards.size(); i++) {
            c.addAll(List.of("-net", "nic,netdev=" + networkId(i) + ",macaddr=" + cards.get(i).mac()));
        }
        return c;
    }

    /** Driver and properties of a card, as {@code -device} wants them. */
    List<String> cardProperties(int i) {
        QemuCard card = cards.get(i);
        List<String> p = new ArrayList<>(List.of("virtio-net-pci", "id=" + cardId(i), "netdev=" + networkId(i), "mac=" + card.mac(), "romfile=",
                "disable-legacy=on"));
        p.addAll(card.hotplug() ? List.of("bus=" + portId(i)) : List.of("bus=pcie.0", "addr=%02x.0".formatted(FIRST_SLOT + i)));
        p.addAll(card.network().cardProperties());
        p.addAll(card.properties());
        return p;
    }

    static String cardId(int i) {
        return "card" + i;
    }

    static String networkId(int i) {
        return "net" + i;
    }

    static String portId(int i) {
        return "port" + i;
    }

    /** QEMU's option lists end a value at a comma unless it is doubled. */
    static String escape(String value) {
        return value.replace(",", ",,");
    }
}
