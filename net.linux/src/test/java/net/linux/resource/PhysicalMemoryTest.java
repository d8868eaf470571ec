package net.linux.resource;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;
import net.linux.device.HugePages;
import net.linux.device.Sysfs;
import net.linux.sys.Descriptors;
import net.linux.sys.StrictMappings;
import net.linux.sys.SystemCallException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalMemoryTest {
    private static final long TWO_MIB = 2 << 20;
    private static final long FOUR_GIB = 1L << 32;

    private final Map<Long, Long> physical = new HashMap<>();
    private int free = 16;
    /** Physical address of the next huge page. */
    private long next = FOUR_GIB;
    /** From one huge page to the next. */
    private long step = TWO_MIB;
    private int boundTo = -1;
    private Path directory;
    private PhysicalMemory memory;

    @BeforeEach
    void mount(@TempDir Path temporary) throws Exception {
        Path proc = temporary.resolve("proc");
        directory = HugeMounts.make(proc, temporary.resolve("huge"));
        Path pool = Files.createDirectories(temporary.resolve("sys/kernel/mm/hugepages/hugepages-2048kB"));
        Files.writeString(pool.resolve("nr_hugepages"), "16\n");
        memory = new PhysicalMemory(new HugeFiles(Descriptors.SYSTEM, new Kernel(), proc), this::physical, new HugePages(temporary.resolve("sys")));
    }

    /** Ordinary memory, counted in huge pages. */
    private final class Kernel extends StrictMappings {
        @Override
        public MemorySegment map(int fd, long offset, long size, Arena arena) {
            if (size > free * TWO_MIB) {
                throw new SystemCallException("mmap of " + size, SystemCallException.ENOMEM);
            }
            free -= (int) (size / TWO_MIB);
            MemorySegment mapped = SYSTEM.map(fd, offset, size, arena);
            for (long at = 0; at < size; at += TWO_MIB, next += step) {
                physical.put(mapped.address() + at, next);
            }
            return mapped.reinterpret(arena, s -> free += (int) (size / TWO_MIB));
        }

        @Override
        public void bind(MemorySegment mapped, int node) {
            boundTo = node;
        }

        @Override
        public void lock(MemorySegment mapped) {
            SYSTEM.lock(mapped);
        }
    }

    private long physical(long address) {
        Long at = physical.get(address);
        if (at == null) {
            throw new DevException(DevError.IO, "nothing is there");
        }
        return at;
    }

    private static DmaRequest wish(long bytes) {
        return new DmaRequest("ring", bytes, 64, true, false);
    }

    @Test
    void smallPiecesShareAHugePageAndKnowTheirAddresses() {
        DmaMemory a = memory.allocate(wish(5000));
        DmaMemory b = memory.allocate(new DmaRequest("ring", 4096, 1 << 20, true, false));
        assertThat(free).isEqualTo(15);
        assertThat(a.size()).isEqualTo(8192);
        assertThat(a.pageSize()).isEqualTo(8192);
        assertThat(a.iova(8191)).isEqualTo(FOUR_GIB + 8191);
        assertThat(b.iova(0)).as("aligned for the device").isEqualTo(FOUR_GIB + (1 << 20));
        assertThat(b.segment().address() - a.segment().address()).isEqualTo(1 << 20);
        a.close();
        b.close();
        assertThat(free).isEqualTo(16);
        assertThat(Sysfs.names(directory)).isEmpty();
    }

    @Test
    void whatIsUsedAgainIsZeroedAndALateAccessIsAnException() {
        DmaMemory stays = memory.allocate(wish(4096));
        DmaMemory first = memory.allocate(wish(4096));
        MemorySegment late = first.segment();
        late.set(JAVA_LONG, 8, 77);
        long at = first.iova(0);
        first.close();
        assertThatThrownBy(() -> late.get(JAVA_LONG, 8)).isInstanceOf(IllegalStateException.class);
        DmaMemory second = memory.allocate(wish(4096));
        assertThat(second.iova(0)).isEqualTo(at);
        assertThat(second.segment().get(JAVA_LONG, 8)).isZero();
        second.close();
        stays.close();
    }

    @Test
    void whatIsLargeHasPagesOfItsOwnThatMayJump() {
        step = 3 * TWO_MIB;
        DmaMemory pool = memory.allocate(new DmaRequest("pool", 2 * TWO_MIB + 1, 4096, false, false));
        assertThat(pool.size()).isEqualTo(3 * TWO_MIB);
        assertThat(pool.pageSize()).isEqualTo(TWO_MIB);
        assertThat(pool.iova(TWO_MIB)).isEqualTo(FOUR_GIB + 3 * TWO_MIB);
        assertThat(pool.iova(TWO_MIB + 5)).isEqualTo(FOUR_GIB + 3 * TWO_MIB + 5);
        pool.close();
        step = TWO_MIB;
        DmaMemory inOnePiece = memory.allocate(new DmaRequest("pool", 2 * TWO_MIB, 4096, true, false));
        assertThat(inOnePiece.pageSize()).isEqualTo(2 * TWO_MIB);
        inOnePiece.close();
    }

    @Test
    void pagesAreLookedForUntilTheyLieWhereTheyAreWanted() {
        next = FOUR_GIB - TWO_MIB;
        step = -TWO_MIB;
        DmaMemory low = memory.allocate(new DmaRequest("low ring", 4096, 64, true, true));
        assertThat(low.iova(4095)).isLessThan(FOUR_GIB);
        low.close();
        next = FOUR_GIB + 3 * TWO_MIB;
        low = memory.allocate(new DmaRequest("low ring", 4096, 64, true, true));
        assertThat(low.iova(0)).as("the fifth page").isEqualTo(FOUR_GIB - TWO_MIB);
        assertThat(free).as("the others were given back").isEqualTo(15);
        low.close();
        assertThatThrownBy(() -> memory.allocate(new DmaRequest("pool", 2 * TWO_MIB, 64, true, false))).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY)).hasMessageContaining("lies beside another").hasMessageContaining("hugepages=N");
        assertThat(free).isEqualTo(16);
        assertThatThrownBy(() -> memory.allocate(new DmaRequest("ring", 4096, 2 * TWO_MIB, true, false))).hasMessageContaining("aligned to 4194304");
    }

    @Test
    void exhaustionIsOneMessageWithTheCommand() {
        free = 1;
        assertThatThrownBy(() -> memory.allocate(wish(2 * TWO_MIB))).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY)).hasMessageContaining("4194304 bytes for ring").hasMessageContaining("2 MiB pages: 0 of 16 free")
                .hasMessageEndingWith("echo 18 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
        assertThat(Sysfs.names(directory)).as("no file is left").isEmpty();
    }

    @Test
    void withoutAPlaceForHugePagesTheMountIsNamed() throws Exception {
        Files.delete(directory);
        assertThatThrownBy(() -> memory.allocate(wish(64))).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY))
                .hasMessageContaining("mount -t hugetlbfs none /dev/hugepages");
    }

    @Test
    void memoryOfANodeIsNotSharedWithOthers() {
        DmaMemory any = memory.allocate(wish(64));
        assertThat(boundTo).isEqualTo(-1);
        DmaMemory near = memory.allocate(new DmaRequest("ring", 64, 64, true, false, 1));
        assertThat(boundTo).isEqualTo(1);
        assertThat(near.node()).isEqualTo(1);
        assertThat(free).isEqualTo(14);
        any.close();
        near.close();
    }

    @Test
    void memoryOfOthersIsRefused() {
        assertThatThrownBy(() -> memory.map("frames", Arena.global().allocate(4096, 4096))).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED)).hasMessageContaining("frames");
    }

    @Test
    void aPageThatMovedIsNoticed() {
        DmaMemory ring = memory.allocate(wish(64));
        DmaMemory pool = memory.allocate(wish(2 * TWO_MIB));
        assertThat(memory.moved()).isEmpty();
        long second = pool.segment().address() + TWO_MIB;
        physical.put(second, 0x7000_0000L);
        assertThat(memory.moved()).contains("0x100400000 is at 0x70000000");
        physical.remove(second);
        assertThat(memory.moved()).contains("cannot be found");
        pool.close();
        assertThat(memory.moved()).isEmpty();
        ring.close();
    }
}
