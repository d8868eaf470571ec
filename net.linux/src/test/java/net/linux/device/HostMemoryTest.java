package net.linux.device;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;
import net.linux.sys.Mappings;
import net.linux.sys.StrictMappings;
import net.linux.sys.SystemCallException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
    private static final long TWO_MIB = 2 << 20;

    private Path sysfs;
    private final List<String> log = new ArrayList<>();
    private boolean exhausted;
    private String obstacle = "";
    private boolean refuse;

    @BeforeEach
    void makeTree(@TempDir Path directory) throws Exception {
        sysfs = directory;
        pool("2048kB", 8);
        pool("1048576kB", 1);
    }

    private void pool(String name, int free) throws Exception {
        Path pool = Files.createDirectories(sysfs.resolve("kernel/mm/hugepages/hugepages-" + name));
        Files.writeString(pool.resolve("nr_hugepages"), "9\n");
        Files.writeString(pool.resolve("free_hugepages"), free + "\n");
    }

    private DmaMemory allocate(long bytes) {
        return allocate(new DmaRequest("pool default", bytes, 64, true, false));
    }

    private DmaMemory allocate(DmaRequest wanted) {
        return host().allocate(wanted);
    }

    private HostMemory host() {
        Mappings mappings = new StrictMappings() {
            @Override
            public MemorySegment allocate(long size, long page, int node, Arena arena) {
                log.add(size + " in " + page + (node < 0 ? "" : " of node " + node));
                if (exhausted && page > 4096) {
                    throw new SystemCallException("mmap", SystemCallException.ENOMEM);
                }
                return Mappings.SYSTEM.allocate(size, 4096, node, arena);
            }
        };
        Placement placement = new Placement() {
            @Override
            public String obstacle(long more) {
                return obstacle;
            }

            @Override
            public Placed place(DmaRequest request, MemorySegment memory, long page) {
                if (refuse) {
                    throw new DevException(DevError.NO_MEMORY, "no entry left");
                }
                log.add("placed");
                return new Placed() {
                    @Override
                    public long pageSize() {
                        return page;
                    }

                    @Override
                    public long iova(long offset) {
                        return 0x1000_0000L + offset;
                    }

                    @Override
                    public void remove() {
                        log.add("removed while " + (memory.scope().isAlive() ? "there" : "gone"));
                    }
                };
            }
        };
        return new HostMemory(mappings, new HugePages(sysfs), placement);
    }

    @Test
    void hugePagesAreForWhatFillsHalfOfOne() {
        allocate(TWO_MIB / 2).close();
        allocate(TWO_MIB / 2 - 1).close();
        allocate(5 * TWO_MIB - 1).close();
        assertThat(log).filteredOn(l -> l.contains(" in ")).containsExactly("2097152 in 2097152", "1048576 in 4096", "10485760 in 2097152");
    }

    @Test
    void tooFewHugePagesGiveOrdinaryOnes() throws Exception {
        pool("2048kB", 2);
        allocate(3 * TWO_MIB).close();
        exhausted = true;
        allocate(TWO_MIB).close();
        assertThat(log).filteredOn(l -> l.contains(" in ")).containsExactly("6291456 in 4096", "2097152 in 2097152", "2097152 in 4096");
    }

    @Test
    void memoryIsZeroedTellsItsAddressesAndIsHiddenBeforeItIsFreed() {
        DmaMemory memory = allocate(5000);
        assertThat(memory.size()).isEqualTo(8192);
        assertThat(memory.segment().get(JAVA_LONG, 4096)).isZero();
        assertThat(memory.iova(8191)).isEqualTo(0x1000_1fffL);
        assertThatThrownBy(() -> memory.iova(8192)).isInstanceOf(IndexOutOfBoundsException.class);
        memory.close();
        memory.close();
        assertThat(log).containsExactly("8192 in 4096", "placed", "removed while there");
        assertThatThrownBy(() -> memory.segment().get(JAVA_LONG, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsInTheWayIsSaidBeforeMemoryIsTaken() {
        obstacle = "this process may lock 64 KiB";
        assertThatThrownBy(() -> allocate(1 << 16)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY))
                .hasMessageContaining("pool default").hasMessageContaining("64 KiB");
        assertThat(log).isEmpty();
    }

    @Test
    void whatCannotBePlacedIsFreed() {
        refuse = true;
        assertThatThrownBy(() -> allocate(1 << 16)).hasMessageContaining("no entry left");
    }

    @Test
    void memoryOfANodeComesFromThatNodesPages() throws Exception {
        Path pool = Files.createDirectories(sysfs.resolve("devices/system/node/node0/hugepages/hugepages-2048kB"));
        Files.writeString(pool.resolve("free_hugepages"), "1\n");
        Files.writeString(pool.resolve("nr_hugepages"), "1\n");
        DmaMemory memory = allocate(new DmaRequest("pool near", 2 * TWO_MIB, 64, true, false, 0));
        assertThat(memory.node()).isZero();
        assertThat(log).first().isEqualTo("4194304 in 4096 of node 0");
        assertThat(allocate(4096).node()).isEqualTo(-1);
        assertThatThrownBy(() -> allocate(new DmaRequest("pool far", 4096, 64, true, false, 63))).hasMessageContaining("pool far").hasMessageContaining("node 63");
        assertThatThrownBy(() -> allocate(new DmaRequest("pool far", 4096, 64, true, false, 1000))).isInstanceOf(DevException.class).hasMessageContaining("node 1000");
    }

    @Test
    void memoryOfOthersIsShownAsItIsAndStaysTheirs() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mine = arena.allocate(8192, 4096);
            DmaMemory shown = host().map("frames of an application", mine);
            assertThat(shown.segment()).isSameAs(mine);
            assertThat(shown.iova(4097)).isEqualTo(0x1000_1001L);
            shown.close();
            shown.close();
            assertThat(log).containsExactly("placed", "removed while there");
            mine.set(JAVA_LONG, 0, 5);
            refuse = true;
            assertThatThrownBy(() -> host().map("frames", mine)).hasMessageContaining("no entry left");
            obstacle = "this process may lock 64 KiB";
            assertThatThrownBy(() -> host().map("frames", mine)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY))
                    .hasMessage("8192 bytes for frames: this process may lock 64 KiB");
        }
    }

    @Test
    void onlyWholeNativePagesThatAllThreadsHaveAreShown() {
        try (Arena arena = Arena.ofShared(); Arena own = Arena.ofConfined()) {
            MemorySegment mine = arena.allocate(8192, 4096);
            for (MemorySegment bad : List.of(mine.asSlice(64, 4096), mine.asSlice(0, 4095), mine.asSlice(0, 0), mine.asReadOnly(), own.allocate(4096, 4096),
                    MemorySegment.ofArray(new byte[4096]))) {
                assertThatThrownBy(() -> host().map("frames", bad)).as("%s", bad).isInstanceOfSatisfying(DevException.class,
                        e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM));
            }
            assertThat(log).isEmpty();
        }
    }

    @Test
    void poolsAreDescribed() {
        assertThat(new HugePages(sysfs).describe(-1)).isEqualTo("1024 MiB pages: 1 of 9 free, 2 MiB pages: 8 of 9 free");
        assertThat(new HugePages(sysfs.resolve("nothing")).describe(-1)).isEqualTo("this kernel has no huge pages");
    }
}
