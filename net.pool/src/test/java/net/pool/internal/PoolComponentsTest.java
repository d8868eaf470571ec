package net.pool.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.pool.BufferPool;
import net.pool.Expect;
import net.pool.Leak;
import net.pool.LeakDetection;
import net.pool.PoolSpec;
import net.pool.TestHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Pools come and go with hosts and configurations. */
class PoolComponentsTest {
    private final TestContext osgi = new TestContext();
    private final TestHost sim = new TestHost("sim");
    private final TestHost qemu = new TestHost("qemu");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("net.pool");

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void everythingIsGivenBack() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        assertThat(osgi.pools).isEmpty();
        assertThat(sim.open() + qemu.open()).isZero();
        assertThat(osgi.openWhenUnregistered).doesNotContain(false);
    }

    private List<String> errors() {
        return log.list.stream().filter(e -> e.getLevel() == Level.ERROR).map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void everyHostHasADefaultPoolWhileItIsThere() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of());
        pools.bindHost(sim);
        pools.bindHost(qemu);
        assertThat(osgi.pools).extracting(BufferPool::name, BufferPool::host, BufferPool::capacity, BufferPool::dataRoom)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("default", "sim", 8192, 1920), org.assertj.core.groups.Tuple.tuple("default", "qemu", 8192, 1920));
        assertThat(osgi.properties.get(1).get(NetBufPool.NAME)).isEqualTo("default");
        assertThat(osgi.properties.get(1).get(NetBufPool.HOST)).isEqualTo("qemu");
        assertThat(osgi.pools.get(0).id()).isNotEqualTo(osgi.pools.get(1).id());
        pools.unbindHost(sim);
        assertThat(osgi.pools).extracting(BufferPool::host).containsExactly("qemu");
        pools.deactivate();
        assertThat(errors()).isEmpty();
    }

    @Test
    void configurationIsReadFromNumbersAndText() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", " 100 ", "dataRoom", 2000L, "cache", 8));
        pools.bindHost(sim);
        assertThat(osgi.pools.getFirst().capacity()).isEqualTo(100);
        assertThat(osgi.pools.getFirst().dataRoom()).isEqualTo(2000);
        pools.deactivate();
    }

    @Test
    void wrongConfigurationIsOneErrorAndThePoolIsAsWithoutOneUntilItIsRight() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 0));
        pools.bindHost(sim);
        assertThat(osgi.pools).extracting(BufferPool::capacity).containsExactly(PoolSpec.BUFFERS);
        assertThat(errors()).singleElement().asString().contains("net.pool", "buffers is 0", "1 to 16777216", "as if nothing were configured");
        pools.modified(Map.of("buffers", 10));
        assertThat(osgi.pools).extracting(BufferPool::capacity).containsExactly(10);
        pools.deactivate();
    }

    @Test
    void wrongChangeLeavesThePoolsAsTheyAre() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 10));
        pools.bindHost(sim);
        BufferPool before = osgi.pools.getFirst();
        for (Map<String, Object> bad : List.<Map<String, Object>>of(Map.of("buffers", "many"), Map.of("dataRoom", 1525), Map.of("cache", -2))) {
            pools.modified(bad);
            assertThat(osgi.pools).containsExactly(before);
        }
        assertThat(errors()).hasSize(3).allMatch(e -> e.contains("the pools stay as they are"));
        assertThat(errors().getFirst()).contains("buffers is 'many'");
        pools.modified(Map.of("buffers", 10));
        assertThat(osgi.pools).as("the same again").containsExactly(before);
        pools.modified(Map.of("buffers", 20));
        assertThat(osgi.pools).extracting(BufferPool::capacity).containsExactly(20);
        assertThat(before.isClosed()).isTrue();
        pools.deactivate();
    }

    @Test
    void poolThatCannotBeMadeIsAnErrorAndTheOldOneComesBack() {
        TestHost small = new TestHost("small", 3000, 4096, false);
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 1));
        pools.bindHost(small);
        assertThat(osgi.pools).hasSize(1);
        pools.modified(Map.of("buffers", 1, "dataRoom", 9000));
        assertThat(errors()).singleElement().asString().contains("Pool default of host small", "asked for 1 buffers of 9152 bytes, got 0");
        assertThat(osgi.pools).extracting(BufferPool::dataRoom).containsExactly(1920);
        pools.deactivate();
        assertThat(small.open()).isZero();
    }

    @Test
    void flagsAreTrueOrFalse() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 10, "below4GiB", "TRUE", "scrub", true));
        pools.bindHost(sim);
        assertThat(sim.requests.getLast().below4GiB()).isTrue();
        BufferPool pool = osgi.pools.getFirst();
        NetBuf b = pool.allocate(new byte[] {1}, 0, 1);
        b.release();
        assertThat(pool.allocate()).isSameAs(b);
        assertThat(b.raw().mismatch(java.lang.foreign.MemorySegment.ofArray(new byte[b.capacity()]))).isEqualTo(-1);
        b.release();
        pools.modified(Map.of("buffers", 10, "scrub", "yes"));
        assertThat(errors()).singleElement().asString().contains("scrub is 'yes'; give true or false", "the pools stay as they are");
        pools.modified(Map.of("buffers", 10));
        assertThat(sim.requests.getLast().below4GiB()).isFalse();
        pools.deactivate();
    }

    @Test
    void leakDetectionIsSimpleAndChangesWithoutAnotherPool() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 10));
        pools.bindHost(sim);
        BufferPool pool = osgi.pools.getFirst();
        assertThat(pool.leakDetection()).isEqualTo(LeakDetection.SIMPLE);
        pools.modified(Map.of("buffers", 10, "leakDetection", "Paranoid"));
        assertThat(osgi.pools).containsExactly(pool);
        assertThat(pool.leakDetection()).isEqualTo(LeakDetection.PARANOID);
        pools.modified(Map.of("buffers", 10, "leakDetection", "sometimes"));
        assertThat(errors()).singleElement().asString().contains("leakDetection is 'sometimes'", "the pools stay as they are");
        assertThat(pool.leakDetection()).isEqualTo(LeakDetection.PARANOID);
        pools.modified(Map.of("buffers", 20, "leakDetection", "advanced"));
        assertThat(osgi.pools).extracting(BufferPool::capacity, BufferPool::leakDetection)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(20, LeakDetection.ADVANCED));
        pools.deactivate();
        NamedPool named = new NamedPool(osgi.context(), sim, Map.of("name", "big", "buffers", 16, "leakDetection", "disabled"));
        BufferPool big = osgi.pools.getFirst();
        assertThat(big.leakDetection()).isEqualTo(LeakDetection.DISABLED);
        named.modified(Map.of("name", "big", "buffers", 16));
        assertThat(osgi.pools).containsExactly(big);
        assertThat(big.leakDetection()).isEqualTo(LeakDetection.SIMPLE);
        named.deactivate();
        assertThat(big.isClosed()).isTrue();
    }

    @Test
    void commandListsLostBuffersOfAllPools() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 8, "leakDetection", "paranoid"));
        pools.bindHost(sim);
        pools.bindHost(qemu);
        LeakCommand command = new LeakCommand();
        osgi.pools.forEach(command::bindPool);
        NetBuf a = osgi.pools.get(0).allocate();
        NetBuf b = osgi.pools.get(1).allocate();
        assertThat(command.leaks(0)).extracting(Leak::host).containsExactly("qemu", "sim");
        assertThat(command.leaks()).isEmpty();
        Expect.error(DevError.INVALID_PARAM, () -> command.leaks(-1));
        command.unbindPool(osgi.pools.get(0));
        assertThat(command.leaks(0)).extracting(Leak::host).containsExactly("qemu");
        a.release();
        b.release();
        pools.deactivate();
    }

    @Test
    void buffersThatAreStillOutAreReportedAndKeepTheirMemory() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 10));
        pools.bindHost(sim);
        NetBuf b = osgi.pools.getFirst().allocate();
        pools.unbindHost(sim);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).anyMatch(m -> m.contains("1 of its 10 buffers are still out"));
        assertThat(sim.open()).isEqualTo(1);
        b.release();
        assertThat(sim.open()).isZero();
    }

    @Test
    void poolsAreClassesOfTheSetsThatTheyName() {
        PoolSets sets = new PoolSets(osgi.context());
        osgi.listener = sets;
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 10));
        pools.bindHost(sim);
        assertThat(osgi.sets).singleElement().hasToString("set default of sim: 1920 bytes");
        NamedPool jumbo = new NamedPool(osgi.context(), sim, Map.of("name", "jumbo", "buffers", 16, "dataRoom", 9216, "set", "default"));
        NamedPool elsewhere = new NamedPool(osgi.context(), qemu, Map.of("name", "jumbo", "buffers", 16, "dataRoom", 9216, "set", "default"));
        NamedPool apart = new NamedPool(osgi.context(), sim, Map.of("name", "apart", "buffers", 16));
        assertThat(osgi.sets).extracting(Object::toString).containsExactly("set default of sim: 1920, 9216 bytes", "set default of qemu: 9216 bytes");
        BufferPool before = osgi.pools.get(1);
        jumbo.modified(Map.of("name", "jumbo", "buffers", 16, "dataRoom", 9216, "set", "large"));
        assertThat(osgi.pools.get(1)).as("the pool stays").isSameAs(before);
        assertThat(osgi.sets).extracting(Object::toString)
                .containsExactly("set default of sim: 1920 bytes", "set default of qemu: 9216 bytes", "set large of sim: 9216 bytes");
        jumbo.modified(Map.of("name", "jumbo", "buffers", 16, "dataRoom", 9216, "set", "a set"));
        assertThat(errors()).singleElement().asString().contains("set is 'a set'", "the pool stays as it is");
        jumbo.modified(Map.of("name", "jumbo", "buffers", 16, "dataRoom", 9216));
        assertThat(osgi.sets).hasSize(2);
        pools.deactivate();
        assertThat(osgi.sets).singleElement().asString().contains("qemu");
        jumbo.deactivate();
        apart.deactivate();
        sets.deactivate();
        assertThat(osgi.sets).isEmpty();
        elsewhere.deactivate();
    }

    @Test
    void aPoolThatGotLessThanItAskedForSaysSo() {
        TestHost small = new TestHost("small", 1_000_000, 4096, true);
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of());
        pools.bindHost(small);
        assertThat(osgi.pools).singleElement().extracting(BufferPool::capacity).isEqualTo(256);
        assertThat(log.list).filteredOn(e -> e.getLevel() == Level.WARN).singleElement().extracting(ILoggingEvent::getFormattedMessage).asString()
                .contains("Pool default of host small", "asked for 8192 buffers of 2048 bytes, got 256", "pool default wants");
        pools.deactivate();
        assertThat(small.open()).isZero();
    }

    @Test
    void boundsAndShellsAreConfigured() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 10, "minBuffers", "5", "maxBuffers", 40, "shrinkAfter", 7, "shells", 3));
        pools.bindHost(sim);
        BufferPool pool = osgi.pools.getFirst();
        assertThat(pool.capacity()).isEqualTo(10);
        assertThat(sim.open()).as("what it always has, and the rest").isEqualTo(2);
        assertThat(pool.shells().capacity()).isEqualTo(3);
        pools.modified(Map.of("buffers", 10, "maxBuffers", 9));
        assertThat(errors().getLast()).contains("maxBuffers is 9; give 10 to 16777216", "the pools stay as they are");
        pools.modified(Map.of("buffers", 10, "shrinkAfter", 0));
        assertThat(errors().getLast()).contains("shrinkAfter is 0; give 1 or more");
        pools.modified(Map.of("buffers", 10, "shells", -1));
        assertThat(errors().getLast()).contains("shells is -1; give 0 to");
        assertThat(osgi.pools).containsExactly(pool);
        pools.deactivate();
    }

    @Test
    void aNodeThatTheHostDoesNotHaveIsAnErrorAndNoPool() {
        DefaultPools pools = new DefaultPools(osgi.context(), Map.of("buffers", 10, "numa", 1));
        pools.bindHost(sim);
        assertThat(osgi.pools).isEmpty();
        assertThat(errors()).singleElement().asString().contains("NUMA node 1", "host sim has no nodes", "numa at -1");
        pools.modified(Map.of("buffers", 10, "numa", -2));
        assertThat(errors().getLast()).contains("numa is -2; give -1 to 1023");
        pools.modified(Map.of("buffers", 10));
        assertThat(osgi.pools).singleElement().extracting(BufferPool::node).isEqualTo(-1);
        pools.deactivate();
    }

    @Test
    void furtherPoolsHaveNamesOfTheirOwn() {
        NamedPool jumbo = new NamedPool(osgi.context(), sim, Map.of("name", "jumbo", "buffers", 16, "dataRoom", 9216));
        NamedPool elsewhere = new NamedPool(osgi.context(), qemu, Map.of("name", "jumbo", "buffers", 16));
        assertThat(osgi.pools).extracting(BufferPool::name, BufferPool::host)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("jumbo", "sim"), org.assertj.core.groups.Tuple.tuple("jumbo", "qemu"));
        NamedPool twice = new NamedPool(osgi.context(), sim, Map.of("name", "jumbo"));
        assertThat(errors()).singleElement().asString().contains("host sim has a pool 'jumbo' already");
        new NamedPool(osgi.context(), sim, Map.of("name", "default"));
        new NamedPool(osgi.context(), sim, Map.of());
        new NamedPool(osgi.context(), sim, Map.of("name", "x", "dataRoom", 70_000));
        assertThat(errors()).hasSize(4);
        assertThat(osgi.pools).hasSize(2);
        jumbo.modified(Map.of("name", "jumbo", "buffers", 0));
        assertThat(errors().getLast()).contains("buffers is 0", "the pool stays as it is");
        jumbo.modified(Map.of("name", "giant", "buffers", 16, "dataRoom", 9216));
        assertThat(osgi.pools).extracting(BufferPool::name).containsExactly("jumbo", "giant");
        twice.deactivate();
        jumbo.deactivate();
        elsewhere.deactivate();
        NamedPool again = new NamedPool(osgi.context(), sim, Map.of("name", "jumbo", "buffers", 1));
        assertThat(osgi.pools).as("the name is free again").hasSize(1);
        again.deactivate();
    }
}
