package net.testkit.vfio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.linux.sys.Descriptor;
import net.linux.sys.Sockets;
import net.linux.sys.SystemCallException;
import net.sim.ForeignSlot;
import net.sim.PciFunction;
import net.sim.SimHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client, from its connection to its end. One thread runs it; another one can end it by shutting the connection down. */
final class Session {
    /** Time in which a message that has begun is there, and an answer is taken. */
    static final int PATIENCE_MILLIS = 10_000;
    private static final int INFO_SIZE = 16;
    private static final int RESET_AND_PCI = 0x3;
    private static final int LONGEST_VERSION = 4 + 4096;
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Descriptor connection;
    private final ForeignSlot slot;
    private final Regions regions;
    private final Vectors vectors = new Vectors();
    private final GuestMemory memory;
    private boolean introduced;

    /** @throws net.api.DevException BAD_STATE if the function is somebody else's at the moment */
    Session(Descriptor connection, SimHost host, PciFunction function) {
        this.connection = connection;
        slot = host.lend(function, new ForeignSlot.Listener() {
            @Override
            public void interrupt(int vector) {
                vectors.interrupt(vector);
            }

            @Override
            public MemorySegment join(List<MemorySegment> pieces, Arena joint) {
                return GuestMemory.join(pieces, joint);
            }
        });
        vectors.setCount(slot.vectors());
        regions = new Regions(slot);
        memory = new GuestMemory(slot);
    }

    /**
     * Answers until the client has gone, or has to go. Everything of it is given back then.
     *
     * @return why it ended; "" if the client closed the connection between two messages
     */
    String run() {
        try (Arena arena = Arena.ofConfined()) {
            Message m = new Message(arena);
            while (receive(m)) {
                answer(m);
            }
            return "";
        } catch (RuleBroken | SystemCallException e) {
            return e.getMessage();
        } catch (RuntimeException | InternalError e) {
            // InternalError: the client took memory away that it had lent, by cutting its file off.
            LOG.error("{} failed", slot.function(), e);
            return slot.function() + " failed: " + e;
        } finally {
            slot.close();
            memory.close();
            vectors.close();
        }
    }

    /** The next message; false after the last one. */
    private boolean receive(Message m) throws RuleBroken {
        Sockets.Received header;
        do {
            header = Sockets.SYSTEM.receive(connection, m.bytes(), 0, Message.HEADER, PATIENCE_MILLIS);
        } while (header.bytes() == 0 && !header.ended());
        List<Descriptor> descriptors = new ArrayList<>(header.descriptors());
        boolean whole = false;
        try {
            if (header.bytes() == 0) {
                return false;
            }
            boolean truncated = header.truncated();
            complete(header, Message.HEADER);
            int length = m.begin();
            if (length > 0) {
                Sockets.Received payload = Sockets.SYSTEM.receive(connection, m.bytes(), Message.HEADER, length, PATIENCE_MILLIS);
                descriptors.addAll(payload.descriptors());
                truncated |= payload.truncated();
                complete(payload, length);
            }
            if (truncated || descriptors.size() > Sockets.MOST_DESCRIPTORS) {
                throw new RuleBroken("command %d with more than %d descriptors", m.command(), Sockets.MOST_DESCRIPTORS);
            }
            m.setDescriptors(descriptors);
            whole = true;
            return true;
        } finally {
            if (!whole) {
                descriptors.forEach(Descriptor::close);
            }
        }
    }

    private static void complete(Sockets.Received part, int wanted) throws RuleBroken {
        if (part.bytes() < wanted) {
            throw new RuleBroken("%d of %d bytes of a message, %s", part.bytes(), wanted,
                    part.ended() ? "and then the end" : "and no more within %d ms".formatted(PATIENCE_MILLIS));
        }
    }

    private void answer(Message m) throws RuleBroken {
        boolean wanted = m.wantsReply();
        MemorySegment answer;
        try {
            answer = m.reply(handle(m));
        } catch (Refused e) {
            LOG.debug("Command {} refused: {}", m.command(), e.getMessage());
            answer = m.error(e.errno);
        } finally {
            // In front of the answer: whoever has it finds nothing left over here.
            m.descriptors().forEach(Descriptor::close);
        }
        if (wanted) {
            Sockets.SYSTEM.send(connection, answer, List.of(), PATIENCE_MILLIS);
        }
    }

    /** Carries out a command; bytes of the answer's payload. */
    private int handle(Message m) throws RuleBroken, Refused {
        int command = m.command();
        if (introduced == (command == Message.VERSION)) {
            throw new RuleBroken(introduced ? "the version a second time" : "command %d before the version", command);
        }
        if (!m.descriptors().isEmpty() && command != Message.DMA_MAP && command != Message.DEVICE_SET_IRQS) {
            throw new RuleBroken("command %d with %d descriptors: it has none", command, m.descriptors().size());
        }
        return switch (command) {
            case Message.VERSION -> version(m);
            case Message.DMA_MAP -> memory.map(m);
            case Message.DMA_UNMAP -> memory.unmap(m);
            case Message.DEVICE_GET_INFO -> info(m);
            case Message.DEVICE_GET_REGION_INFO -> regions.info(m);
            case Message.DEVICE_GET_IRQ_INFO -> vectors.info(m);
            case Message.DEVICE_SET_IRQS -> vectors.set(m);
            case Message.REGION_READ -> regions.read(m);
            case Message.REGION_WRITE -> regions.write(m);
            case Message.REGION_WRITE_MULTI -> regions.writeMulti(m);
            case Message.DEVICE_RESET -> {
                m.expect(0, false);
                slot.reset();
                yield 0;
            }
            // Migration, file descriptors for parts of regions: what is not there is refused, as the specification wants it.
            default -> throw new Refused(Refused.EOPNOTSUPP, "command %d is not known", command);
        };
    }

    /** VERSION: the answer is 0.0, and of the proposed capabilities those that are here. */
    private int version(Message m) throws RuleBroken {
        if (m.length() < 4 || m.length() > LONGEST_VERSION) {
            throw new RuleBroken("a version with %d bytes of payload: 4 to %d are possible", m.length(), LONGEST_VERSION);
        }
        int major = m.u16(0);
        if (major != 0) {
            throw new RuleBroken("version %d.%d of the protocol was proposed: this is 0.0", major, m.u16(2));
        }
        String proposed = m.text(4);
        List<String> capabilities = new ArrayList<>();
        capability(capabilities, proposed, "max_msg_fds", Sockets.MOST_DESCRIPTORS);
        capability(capabilities, proposed, "max_data_xfer_size", Message.MAX_DATA);
        capability(capabilities, proposed, "max_dma_maps", GuestMemory.MOST);
        capability(capabilities, proposed, "write_multiple", true);
        introduced = true;
        m.set16(2, 0);
        return 4 + m.setText(4, "{\"capabilities\":{" + String.join(",", capabilities) + "}}");
    }

    private static void capability(List<String> to, String proposed, String name, Object value) {
        if (proposed.contains('"' + name + '"')) {
            to.add('"' + name + "\":" + value);
        }
    }

    /** DEVICE_GET_INFO. */
    private static int info(Message m) throws RuleBroken {
        m.expect(INFO_SIZE, true);
        m.set32(0, INFO_SIZE);
        m.set32(4, RESET_AND_PCI);
        m.set32(8, Regions.COUNT);
        m.set32(12, Vectors.COUNT);
        return INFO_SIZE;
    }
}
