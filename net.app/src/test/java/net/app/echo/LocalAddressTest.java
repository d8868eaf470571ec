package net.app.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.api.DevException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalAddressTest {
    @ParameterizedTest
    @CsvSource({"10.0.0.2/24, 10.0.0.2/24", "10.0.0.2, 10.0.0.2/32", "fd00::2/64, fd00::2/64", "FD00:0:0:1:0:0:0:2, fd00:0:0:1::2/128",
        "fe80::5054:ff:fe12:3456/64, fe80::5054:ff:fe12:3456/64", "2001:db8::1:0:0:1, 2001:db8::1:0:0:1/128", "1:0:2:0:3:0:4:0, 1:0:2:0:3:0:4:0/128"})
    void reads_and_writes(String in, String out) {
        assertThat(LocalAddress.parse(in)).hasToString(out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0", "10.0.0.256", "host", "10.0.0.2/33", "10.0.0.2/-1", "10.0.0.2/x", "10.0.0.2/", "fd00::2/129", "fe80::1%eth0",
    "224.0.0.1",
        "255.255.255.255", "10.0.0.255/24", "0.0.0.0", "127.0.0.1", "::", "::1", "ff02::1"})
    void refuses_with_the_value_in_the_text(String text) {
        assertThatThrownBy(() -> LocalAddress.parse(text)).isInstanceOf(DevException.class).hasMessageContaining("'" + text + "'");
    }

    @Test
    void knows_the_group_under_which_it_is_looked_for() {
        assertThat(LocalAddress.parse("fd00::12:3456").solicitedNodeMac()).hasToString("33:33:ff:12:34:56");
    }
}
