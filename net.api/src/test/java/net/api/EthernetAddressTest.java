package net.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EthernetAddressTest {
    @Test
    void textBytesAndBitsAgree() {
        EthernetAddress a = EthernetAddress.parse("52-54-00-AB-cd-ef");
        assertThat(a.bits()).isEqualTo(0x5254_00ab_cdefL);
        assertThat(a).hasToString("52:54:00:ab:cd:ef").isEqualTo(EthernetAddress.of(a.toBytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "52:54:00:11:22", "52:54:00:11:22:33:44", "5254.0011.2233", "52:54:00:11:22:3g", "525400112233"})
    void refusesWhatIsNotAnAddress(String text) {
        assertThatThrownBy(() -> EthernetAddress.parse(text)).isInstanceOf(DevException.class).hasMessageContaining("'" + text + "'")
                .extracting(e -> ((DevException) e).error()).isEqualTo(DevError.INVALID_PARAM);
    }

    @Test
    void refusesMoreThan48Bits() {
        assertThatThrownBy(() -> new EthernetAddress(1L << 48)).hasMessageContaining("0x1000000000000");
    }

    @Test
    void onlyAnIndividualAddressIsValidForACard() {
        assertThat(EthernetAddress.parse("02:00:00:00:00:01").isValidUnicast()).isTrue();
        assertThat(EthernetAddress.ZERO.isValidUnicast()).isFalse();
        assertThat(EthernetAddress.BROADCAST.isValidUnicast()).isFalse();
        assertThat(EthernetAddress.BROADCAST.isMulticast()).isTrue();
        assertThat(EthernetAddress.parse("33:33:00:00:00:01").isMulticast()).isTrue();
        assertThat(EthernetAddress.parse("33:33:00:00:00:01").isBroadcast()).isFalse();
    }
}
