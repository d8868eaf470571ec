package net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PciIdsTest {
    private PciIds ids;

    @BeforeEach
    void makeList(@TempDir Path directory) throws Exception {
        Path list = directory.resolve("pci.ids");
        Files.write(list, """
                # List of PCI ID's

                1af4  Red Hat, Inc.
                \t1041  Virtio 1.0 network device
                \t\t1af4 1100  QEMU Virtual Machine
                # between
                \t1045  Virtio 1.0 memory balloon
                8086  Intel Corporation
                \t10fb  82599ES
                C 02  Network controller
                \t00  Ethernet controller
                """.getBytes());
        ids = new PciIds(List.of(directory.resolve("missing"), list));
    }

    @Test
    void namesVendorAndDevice() {
        assertThat(ids.name(0x1af4, 0x1041)).contains("Red Hat, Inc. Virtio 1.0 network device");
        assertThat(ids.name(0x1af4, 0x1045)).contains("Red Hat, Inc. Virtio 1.0 memory balloon");
        assertThat(ids.name(0x8086, 0x10fb)).contains("Intel Corporation 82599ES");
    }

    @Test
    void aDeviceIsSoughtUnderItsOwnVendorOnly() {
        assertThat(ids.name(0x1af4, 0x10fb)).contains("Red Hat, Inc.");
        assertThat(ids.name(0x8086, 0x1041)).contains("Intel Corporation");
    }

    @Test
    void unknownVendorsAndMissingListsGiveNothing() {
        assertThat(ids.name(0x1234, 0x1041)).isEmpty();
        assertThat(new PciIds(List.of(Path.of("/nowhere"))).name(0x1af4, 0x1041)).isEmpty();
    }
}
