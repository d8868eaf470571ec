package net.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.api.NetCounter;
import net.api.NetStatistics;
import org.apache.felix.service.command.Converter;
import org.junit.jupiter.api.Test;

class ShellFormatTest {
    private final ShellFormat format = new ShellFormat();
    private final DeviceRow card = new DeviceRow("sim/0000:00:01.0", "1af4:1041", "Ethernet", "", "virtio-net", "0.1.0", "attached", "up", "02:00:00:00:00:01",
            "", "", 256);
    private final DeviceRow listed = new DeviceRow("linux/0000:00:05.0", "1af4:1041", "Ethernet", "Red Hat Virtio 1.0 network device", "", "", "listed", "", "",
            "read only", "virtio-pci, eth0 (up)", 0);

    private String inspect(Object o) {
        return format.format(o, Converter.INSPECT, null).toString();
    }

    @Test
    void devices_are_a_table() {
        assertThat(inspect(List.of(card, listed))).isEqualTo("""
                ADDRESS             ID         CLASS     DRIVER      STATE     LINK  MAC                NOTE
                sim/0000:00:01.0    1af4:1041  Ethernet  virtio-net  attached  up    02:00:00:00:00:01
                linux/0000:00:05.0  1af4:1041  Ethernet              listed                             kernel: virtio-pci, eth0 (up)""");
    }

    @Test
    void a_long_reason_is_cut_in_the_table_and_whole_for_one_device() {
        DeviceRow set = new DeviceRow("sim/0000:00:01.0", "1af4:1041", "Ethernet", "", "", "", "quarantined", "", "",
                "17 rule violations, 16 are allowed: used id 300 of 256", "", 0);
        assertThat(inspect(List.of(set))).endsWith("17 rule violations, 16 are allowed: used id 3...");
        assertThat(inspect(set)).contains("because   17 rule violations, 16 are allowed: used id 300 of 256");
    }

    @Test
    void one_device_is_told_in_full() {
        assertThat(inspect(listed)).isEqualTo("""
                address   linux/0000:00:05.0
                ids       1af4:1041
                class     Ethernet
                product   Red Hat Virtio 1.0 network device
                state     listed
                because   read only
                kernel    virtio-pci, eth0 (up)""");
    }

    @Test
    void a_part_of_something_is_short() {
        assertThat(format.format(card, Converter.LINE, null)).hasToString("sim/0000:00:01.0 1af4:1041 attached virtio-net");
        assertThat(format.format(card, Converter.PART, null)).hasToString("sim/0000:00:01.0");
    }

    @Test
    void a_driver_that_matches_much_does_not_fill_the_line() {
        DriverRow few = new DriverRow("virtio-net", "net.driver.virtio", "0.1.0", 7, List.of("1af4:1041", "1af4:1000", "1af4:1042"), List.of("sim/a"));
        DriverRow many = new DriverRow("ixgbe", "net.driver.ixgbe", "0.1.0", 8, List.of("8086:10f7", "8086:10f8", "8086:10f9", "8086:10fb"), List.of());
        assertThat(inspect(List.of(few, many))).isEqualTo("""
                DRIVER      BUNDLE             VERSION  MATCHES                         DRIVES
                virtio-net  net.driver.virtio  0.1.0    1af4:1041 1af4:1000 1af4:1042   sim/a
                ixgbe       net.driver.ixgbe   0.1.0    8086:10f7 8086:10f8 and 2 more""");
    }

    @Test
    void rates_come_from_two_looks_and_start_again_with_a_new_driver() {
        NetStatistics before = new NetStatistics(1000, 0, 60_000, 0, 0, 0, 0, 0, List.of());
        NetStatistics now = new NetStatistics(2_001_000, 500, 120_060_000, 30_000, 7, 0, 0, 0, List.of(new NetCounter("rx_bad", "packets", 3)));
        StatsRow row = StatsRow.of("sim/a", "up", before, now, 2, List.of());
        assertThat(inspect(List.of(row))).isEqualTo("""
                CARD   LINK         RX                 TX            RX FRAMES  TX FRAMES  MISSED
                sim/a  up    1.00 Mpps  480 Mb/s  250 pps  120 kb/s  2,001,000        500       7""");
        assertThat(inspect(row)).startsWith("sim/a, link up\n").contains("rx_bad").contains("120,060,000").containsPattern("rate +1\\.00 Mpps +250 pps");
        assertThat(StatsRow.of("sim/a", "up", now, before, 2, List.of()).rxRate()).isEqualTo(500);
        assertThat(StatsRow.of("sim/a", "up", null, now, 0, List.of()).rxRate()).isZero();
    }

    @Test
    void the_busiest_thread_is_shown_and_all_in_detail() {
        NetStatistics none = new NetStatistics(0, 0, 0, 0, 0, 0, 0, 0, List.of());
        StatsRow row = StatsRow.of("sim/a", "up", none, none, 1, List.of(new StatsRow.ThreadShare("net-app-1-echo", 0.124, -1),
                new StatsRow.ThreadShare("net-app-2-gen", 0.5, 3)));
        assertThat(inspect(List.of(row))).contains("BUSY").endsWith("50 %");
        assertThat(inspect(row)).contains("\nnet-app-1-echo 12 % busy\nnet-app-2-gen 50 % busy, on processor 3");
    }

    @Test
    void other_things_are_left_to_others() {
        assertThat(format.format("text", Converter.INSPECT, null)).isNull();
        assertThat(format.format(List.of(1, 2), Converter.INSPECT, null)).isNull();
        assertThat(format.format(List.of(), Converter.INSPECT, null)).isNull();
        assertThat(format.format(List.of(card, "mixed"), Converter.INSPECT, null)).isNull();
        assertThat(format.format(null, Converter.INSPECT, null)).isNull();
    }
}
