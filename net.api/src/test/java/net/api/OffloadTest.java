package net.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.api.RxInfo.Checksum;
import net.api.TxOffload.Ip;
import net.api.TxOffload.L4;
import org.junit.jupiter.api.Test;

class OffloadTest {
    @Test
    void eachPartOfWhatACardFoundOutIsKeptApart() {
        long info = 0;
        assertThat(RxInfo.hasVlan(info) || RxInfo.hasHash(info)).isFalse();
        assertThat(RxInfo.ip(info)).isEqualTo(Checksum.UNKNOWN);
        info = RxInfo.withVlan(info, -1);
        info = RxInfo.withHash(info, -1);
        info = RxInfo.withIp(info, Checksum.BAD);
        info = RxInfo.withL4(info, Checksum.GOOD);
        assertThat(RxInfo.vlan(info)).isEqualTo(0xffff);
        assertThat(RxInfo.hash(info)).isEqualTo(-1);
        assertThat(RxInfo.hasVlan(info) && RxInfo.hasHash(info)).isTrue();
        assertThat(RxInfo.ip(info)).isEqualTo(Checksum.BAD);
        assertThat(RxInfo.l4(info)).isEqualTo(Checksum.GOOD);
        info = RxInfo.withVlan(RxInfo.withHash(RxInfo.withIp(info, Checksum.GOOD), 3), 0x8001);
        assertThat(RxInfo.vlan(info)).isEqualTo(0x8001);
        assertThat(RxInfo.hash(info)).isEqualTo(3);
        assertThat(RxInfo.ip(info)).isEqualTo(Checksum.GOOD);
        assertThat(RxInfo.l4(info)).isEqualTo(Checksum.GOOD);
        assertThat(RxInfo.l4(RxInfo.withL4(info, Checksum.UNKNOWN))).isEqualTo(Checksum.UNKNOWN);
    }

    @Test
    void offloadsThatMakeNoSenseAreRefused() {
        refused(() -> TxOffload.vlan(0x10000));
        refused(() -> TxOffload.vlan(-2));
        refused(() -> TxOffload.segments(0x10000));
        refused(() -> new TxOffload(-1, Ip.V6, true, L4.NONE, 14, 40, 0, 0));
        refused(() -> new TxOffload(-1, Ip.NONE, false, L4.TCP, 14, 20, 0, 0));
        refused(() -> new TxOffload(-1, Ip.V4, true, L4.NONE, 13, 20, 0, 0));
        refused(() -> new TxOffload(-1, Ip.V4, true, L4.NONE, 128, 20, 0, 0));
        refused(() -> new TxOffload(-1, Ip.V4, true, L4.NONE, 14, 19, 0, 0));
        refused(() -> new TxOffload(-1, Ip.V4, true, L4.NONE, 14, 512, 0, 0));
        refused(() -> new TxOffload(-1, Ip.V4, true, L4.UDP, 14, 20, 20, 1000));
        refused(() -> new TxOffload(-1, Ip.V4, true, L4.TCP, 14, 20, 19, 1000));
        refused(() -> new TxOffload(-1, Ip.V4, true, L4.TCP, 14, 20, 20, 0));
        refused(() -> new TxOffload(-1, Ip.V4, false, L4.TCP, 14, 20, 20, 1000));
        TxOffload all = TxOffload.segments(1460).withVlan(0xffff);
        assertThat(all.insertsVlan() && all.segments()).isTrue();
        assertThat(all.headers()).isEqualTo(54);
        assertThat(TxOffload.checksums(L4.UDP).insertsVlan()).isFalse();
        assertThat(new TxOffload(-1, Ip.V6, false, L4.TCP, 18, 40, 32, 1400).headers()).isEqualTo(90);
    }

    private static void refused(Runnable make) {
        assertThatThrownBy(make::run).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM));
    }
}
