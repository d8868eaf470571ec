package net.pci.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionTest {
    private static final String METATYPE = """
            <?xml version="1.0" encoding="UTF-8"?>
            <metatype:MetaData xmlns:metatype="http://www.osgi.org/xmlns/metatype/v1.2.0">
              <OCD id="the.class" name="A driver">
                <AD id="mtu" type="Integer" min="68" max="9216"/>
                <AD id="limit" type="Long" min="1"/>
                <AD id="node" type="Short" max="7"/>
                <AD id="load" type="Double" min="0" max="0.5"/>
                <AD id="busy" type="Boolean"/>
                <AD id="mark" type="Character"/>
                <AD id="name" type="String"/>
                <AD id="offloads" type="String" cardinality="2147483647"><Option value="CHECKSUM"/><Option value="VLAN_STRIP"/></AD>
                <AD id="numbers" type="Integer" cardinality="-4"/>
              </OCD>
              <Designate pid="a.driver"><Object ocdref="the.class"/></Designate>
              <Designate factoryPid="a.factory"><Object ocdref="the.class"/></Designate>
              <Designate pid="elsewhere"><Object ocdref="not.here"/></Designate>
            </metatype:MetaData>
            """;
    private final Definition definition = read(METATYPE, Set.of()).getFirst();

    private static List<Definition> read(String text, Set<String> judged) {
        try {
            return MetatypeReader.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), judged);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void pids_and_factories_are_defined_where_their_class_is_there() {
        assertThat(read(METATYPE, Set.of())).extracting(Definition::pid).containsExactly("a.driver", "a.factory");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mtu      | 68
            mtu      | 9216
            limit    | 9223372036854775807
            node     | -32768
            load     | 0.5
            busy     | TRUE
            mark     | x
            name     | anything at all
            offloads | CHECKSUM
            numbers  | -7
            """)
    void a_right_value_is_passed_over(String key, String value) {
        assertThat(definition.problem(key, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mtu      | 67                  | a whole number from 68 to 9216
            mtu      | 9217                | a whole number from 68 to 9216
            mtu      | 1.5                 | a whole number from 68 to 9216
            mtu      | '1500 '             | a whole number from 68 to 9216
            mtu      | 4294968796          | a whole number from 68 to 9216
            limit    | 0                   | a whole number of 1 or more
            limit    | 9223372036854775808 | a whole number of 1 or more
            node     | 8                   | a whole number of 7 or less
            node     | -32769              | a whole number of 7 or less
            load     | 0.6                 | a number from 0 to 0.5
            load     | much                | a number from 0 to 0.5
            busy     | perhaps             | true or false
            busy     | 'true '             | true or false
            mark     | xy                  | one character
            offloads | LRO                 | one of CHECKSUM, VLAN_STRIP
            numbers  | seven               | a whole number
            """)
    void a_wrong_value_is_told_with_what_would_be_right(String key, String value, String wanted) {
        assertThat(definition.problem(key, value)).hasValue(key + " = '" + value + "' is not " + wanted);
    }

    @Test
    void values_may_be_typed_and_lists_may_be_arrays_or_collections() {
        assertThat(definition.problem("mtu", 1500)).isEmpty();
        assertThat(definition.problem("mtu", 5L)).hasValue("mtu = '5' is not a whole number from 68 to 9216");
        assertThat(definition.problem("busy", true)).isEmpty();
        assertThat(definition.problem("busy", 1)).hasValue("busy = '1' is not true or false");
        assertThat(definition.problem("offloads", new String[] {"CHECKSUM", "LRO"})).hasValue("offloads = 'LRO' is not one of CHECKSUM, VLAN_STRIP");
        assertThat(definition.problem("offloads", List.of("VLAN_STRIP"))).isEmpty();
        assertThat(definition.problem("offloads", new String[0])).isEmpty();
        assertThat(definition.problem("numbers", new int[] {1, 2})).isEmpty();
        assertThat(definition.problem("name", new String[] {"a", "b"})).hasValue("name = '[a, b]': it takes one value, not 2");
        assertThat(definition.problem("name", new String[] {"a"})).isEmpty();
    }

    @Test
    void a_long_value_is_cut() {
        assertThat(definition.problem("busy", "x".repeat(5000)).orElseThrow()).hasSizeLessThan(120).contains("xxx…'");
    }

    @Test
    void a_key_that_nobody_reads_is_told_with_those_that_are_like_it_or_all() {
        assertThat(definition.problem("mut", 1500)).hasValue("mut = '1500' is ignored, as there is no such key; did you mean mtu?");
        assertThat(definition.problem("MTU", 1500)).hasValue("MTU = '1500' is ignored, as there is no such key; did you mean mtu?");
        assertThat(definition.problem("offlads", "x").orElseThrow()).endsWith("did you mean offloads?");
        assertThat(definition.problem("nose", "x").orElseThrow()).as("the nearest first").endsWith("did you mean node or name?");
        assertThat(definition.problem("x", "x").orElseThrow()).as("nothing of it is left in mtu").contains("there are");
        assertThat(definition.problem("somethingElse", "x").orElseThrow())
                .endsWith("there are busy, limit, load, mark, mtu, name, node, numbers, offloads");
    }

    @ParameterizedTest
    @CsvSource({"service.ranking", "felix.fileinstall.filename", "component.id", "osgi.ds.x", ".private", "host.target", "host.cardinality.minimum",
    "webconsole.nameHint"})
    void what_others_add_is_no_mistake(String key) {
        assertThat(definition.problem(key, "x")).isEmpty();
    }

    @Test
    void a_component_that_judges_its_values_itself_is_asked_for_keys_only() {
        Definition own = read(METATYPE, Set.of("a.factory")).get(1);
        assertThat(own.problem("mtu", "many")).isEmpty();
        assertThat(own.problem("mut", "many")).isPresent();
        assertThat(read(METATYPE, Set.of("a.factory")).getFirst().problem("mtu", "many")).isPresent();
    }

    @Test
    void a_file_that_is_none_or_reads_others_is_refused() {
        assertThatThrownBy(() -> MetatypeReader.read(new ByteArrayInputStream(new byte[] {'<'}), Set.of())).isInstanceOf(IOException.class);
        byte[] entity = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><MetaData>&e;</MetaData>".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> MetatypeReader.read(new ByteArrayInputStream(entity), Set.of())).isInstanceOf(IOException.class)
                .hasMessageContaining("DOCTYPE");
    }

    @Test
    void distance_counts_letters() {
        assertThat(Definition.distance("", "abc")).isEqualTo(3);
        assertThat(Definition.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Definition.distance("MTU", "mtu")).isZero();
    }
}
