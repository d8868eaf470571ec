package net.sim.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.service.component.ComponentException;

class PlanTest {
    static Settings settings(int cards, String cables, String mac, int mtu) {
        return settings(cards, "virtio", cables, mac, mtu);
    }

    static Settings settings(int cards, String kinds, String cables, String mac, int mtu) {
        return new Settings() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public int cards() {
                return cards;
            }

            @Override
            public String kinds() {
                return kinds;
            }

            @Override
            public String cables() {
                return cables;
            }

            @Override
            public String mac() {
                return mac;
            }

            @Override
            public int mtu() {
                return mtu;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Settings.class;
            }
        };
    }

    @Test
    void without_cables_neighbours_are_joined() {
        assertThat(Plan.of(settings(5, "", "02:00:00:00:00", 1500)).cables()).containsExactly(new Plan.Pair(0, 1), new Plan.Pair(2, 3));
    }

    @Test
    void cards_have_the_kinds_in_turn() {
        Plan p = Plan.of(settings(3, " 82599, virtio", "none", "02:00:00:00:00", 1500));
        assertThat(p.kind(0)).isEqualTo(CardKind.IXGBE);
        assertThat(p.kind(1)).isEqualTo(CardKind.VIRTIO);
        assertThat(p.kind(2)).isEqualTo(CardKind.IXGBE);
        assertThatThrownBy(() -> Plan.of(settings(2, "virtio,e1000", "none", "02:00:00:00:00", 1500))).isInstanceOf(DevException.class).hasMessageContaining("e1000")
                .hasMessageContaining("virtio or 82599");
    }

    @Test
    void cables_can_be_named_or_left_out() {
        assertThat(Plan.of(settings(4, " 0-3, 2 - 1", "02:00:00:00:00", 1500)).cables()).containsExactly(new Plan.Pair(0, 3), new Plan.Pair(2, 1));
        assertThat(Plan.of(settings(4, "none", "02:00:00:00:00", 1500)).cables()).isEmpty();
    }

    @Test
    void addresses_count_from_one() {
        assertThat(Plan.of(settings(2, "", "06:01:02:03:04", 1500)).mac(1)).hasToString("06:01:02:03:04:02");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -1 |     | 02:00:00:00:00    | 1500  | cards = '-1'; write a number from 0 to 16
            17 |     | 02:00:00:00:00    | 1500  | cards = '17'
            2  | 0-2 | 02:00:00:00:00    | 1500  | cables = '0-2'; write cards from 0 to 1
            2  | 0-0 | 02:00:00:00:00    | 1500  | each card at most once
            2  | 0+1 | 02:00:00:00:00    | 1500  | pairs of cards such as 0-1
            2  |     | 01:00:00:00:00    | 1500  | the first is even
            2  |     | 02:00:00:00:00:01 | 1500  | mac = '02:00:00:00:00:01'; write five bytes
            2  |     | 02:00:00:00:00    | 67    | mtu = '67'; write a number from 68 to 9216
            2  |     | 02:00:00:00:00    | 9217  | mtu = '9217'
            """)
    void wrong_values_are_refused_with_name_value_and_remedy(int cards, String cables, String mac, int mtu, String text) {
        assertThatThrownBy(() -> Plan.of(settings(cards, cables == null ? "" : cables, mac, mtu))).hasMessageContaining(text)
                .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM));
    }

    @Test
    void truth_is_true_or_false_and_nothing_like_it() {
        Plan.checkTruth("enabled", Map.of("enabled", "True"));
        Plan.checkTruth("enabled", Map.of("enabled", false));
        Plan.checkTruth("enabled", Map.of());
        assertThatThrownBy(() -> Plan.checkTruth("enabled", Map.of("enabled", "perhaps"))).isInstanceOf(DevException.class)
                .hasMessage("configuration net.sim: enabled = 'perhaps'; write true or false");
    }

    @Test
    void a_text_that_is_no_number_is_refused_like_a_wrong_number() {
        // In the place of the component runtime, which throws this for a value that it cannot convert.
        Settings textual = (Settings) Proxy.newProxyInstance(Settings.class.getClassLoader(), new Class<?>[] {Settings.class}, (proxy, method, arguments) -> {
            throw new ComponentException(new NumberFormatException("For input string: two"));
        });
        assertThatThrownBy(() -> Plan.of(textual)).isInstanceOf(DevException.class).hasMessage("configuration net.sim: cards is no number; write a number from 0 to 16");
    }

    @Test
    void what_holds_in_place_of_a_wrong_configuration_is_what_holds_without_one() {
        Settings none = (Settings) Proxy.newProxyInstance(Settings.class.getClassLoader(), new Class<?>[] {Settings.class},
                (proxy, method, arguments) -> method.getDefaultValue());
        assertThat(Plan.DEFAULT).isEqualTo(Plan.of(none));
    }
}
