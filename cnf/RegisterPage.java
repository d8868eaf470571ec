import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.api.driver.Access;
import net.api.driver.Register;
import net.hw.ixgbe.IxgbeRegister;

/** Writes docs/registers.md from the tables that drivers, models and {@code net:regs} read. Run as a source file, with net.api and net.hw on the class path. */
public final class RegisterPage {
    private static final String HEAD = """
            # Registers

            *Made from the tables in `net.hw` by `cnf/register-page`; `./check` compares.*

            Each table is an enum with a line a register. The driver and the model of a card read the same one, `net:regs` prints the values of what can be read
            without changing anything, and this page is the rest of it. Offsets, values and the bits that software can write are hexadecimal; *each* is the distance
            from one to the next.

            | access | |
            |---|---|
            | RW | read and write |
            | RO | read; writes do nothing |
            | WO | write; reads mean nothing |
            | RC | reading clears, so no dump reads it |
            | W1C | writing a one clears the bit |
            """;

    private RegisterPage() {
    }

    /** Prints the page. */
    public static void main(String[] none) {
        System.out.print(HEAD);
        table("82599", "Offsets in BAR 0. Sections are those of the Intel 82599 10 GbE Controller Datasheet; the statistics are its 8.2.3.23.",
                net.hw.ixgbe.Reg.values(), net.hw.ixgbe.Counter.values());
        table("FXMAC", "Offsets in the register window. Sections and figures are those named in `net.hw.fxmac`.", net.hw.fxmac.Fxmac.values(),
                net.hw.fxmac.Counter.values());
        table("virtio: common configuration", "Offsets in the structure that the capability names. Sections are those of virtio 1.2.",
                net.hw.virtio.CommonConfig.values());
        table("virtio: network card", "Offsets in the device configuration.", net.hw.virtio.NetConfig.values());
        table("virtio: interrupt status", "Offset in the structure that the capability names.", net.hw.virtio.IsrStatus.values());
    }

    private static void table(String name, String where, Register[]... parts) {
        System.out.printf("%n## %s%n%n%s%n", name, where);
        List<Register> all = new ArrayList<>();
        for (Register[] part : parts) {
            all.addAll(List.of(part));
        }
        boolean full = all.getFirst() instanceof IxgbeRegister;
        System.out.printf("%n| register | offset | each | count | bytes | access |%s meaning |%n", full ? " after reset | writable |" : "");
        System.out.printf("|---|---|---|---|---|---|%s---|%n", full ? "---|---|" : "");
        for (Register r : all) {
            System.out.printf("| %s | %s | %s | %d | %d | %s |%s %s |%n", r.name(), offset(r), r.count() == 1 ? "" : hex(r.stride()), r.count(), r.width(),
                    r.access(), full ? values((IxgbeRegister) r) : "", r.meaning());
        }
    }

    /** Some arrays go on at a second place. */
    private static String offset(Register r) {
        for (int i = 1; i < r.count(); i++) {
            if (r.at(i) != r.at(0) + i * r.stride()) {
                return "%s, [%d] %s".formatted(hex(r.offset()), i, hex(r.at(i)));
            }
        }
        return hex(r.offset());
    }

    private static String values(IxgbeRegister r) {
        return r.access() == Access.RC ? " | |" : " %08x | %s |".formatted(r.reset(0), r.writable() == 0 ? "" : "%08x".formatted(r.writable()));
    }

    private static String hex(int n) {
        return String.format(Locale.ROOT, "%05x", n);
    }
}
