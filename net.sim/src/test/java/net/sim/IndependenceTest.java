package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Host, functions, cables and engine serve models of other devices too. */
class IndependenceTest {
    @ParameterizedTest
    @ValueSource(classes = {SimHost.class, PciTree.class, PciFunction.class, RootPort.class, ConfigSpace.class, MsixTable.class, Messages.class, BarMmio.class,
        DmaSpace.class, Machine.class, ForeignSlot.class, Engine.class, Port.class, Cable.class, Endpoint.class, SgList.class})
    void knows_nothing_of_virtio(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)).doesNotContainIgnoringCase("virt" + "io").doesNotContain("VirtQueue");
        }
    }
}
