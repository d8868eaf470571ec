import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Writes docs/configuration.md from the metatype of the bundles named as arguments, so that the page says what the code reads. Run as a source file. */
public final class ConfigurationPage {
    private static final String HEAD = """
            # Configuration

            *Made from the bundles' metatype by `cnf/configuration-page`; `./check` compares.*

            A configuration is a file in the folder `conf` (`./run --conf DIR` names another), read when it appears and again when it changes:

            * `PID.cfg` with lines `name = value`, such as `net.pool.cfg` with `buffers = 4096`;
            * `PID-NAME.cfg` for those of which there may be several, one file each, such as `net.pci.device-left.cfg`;
            * `PID.config` in the format of the OSGi Compendium where types or lists matter: `cards = I"4"`, `exclude = ["sim/0000:00:01.0"]`.

            In an appliance they come through its Configuration Admin; the definitions are in the bundles, for any metatype-aware console. Whatever is
            left out has its default. A value outside of its range is reported in one line of the log with what to do, and changes nothing: what held before holds
            on, and at the start the defaults. A key that nobody reads is reported too, with those that it looks like:

            ```
            WARN  ConfigurationCheck: Configuration net.pool: bufers = '4096' is ignored, as there is no such key; did you mean buffers?
            ```

            This holds for every bundle that uses `net.api` and has metatype, also for a driver of yours.
            """;

    private ConfigurationPage() {
    }

    /** Prints the page. */
    public static void main(String[] jars) throws Exception {
        var sections = new TreeMap<String, String>();
        for (String jar : jars) {
            for (Document definition : definitions(Path.of(jar))) {
                Element designate = (Element) definition.getElementsByTagName("Designate").item(0);
                boolean several = designate.hasAttribute("factoryPid");
                String pid = designate.getAttribute(several ? "factoryPid" : "pid");
                sections.put(pid, section(pid, several, (Element) definition.getElementsByTagName("OCD").item(0)));
            }
        }
        System.out.print(HEAD);
        sections.values().forEach(System.out::print);
    }

    private static List<Document> definitions(Path path) throws Exception {
        List<Document> found = new ArrayList<>();
        if (!Files.exists(path)) {
            throw new IOException(path + " is not there: build first");
        }
        try (JarFile jar = new JarFile(path.toFile())) {
            for (JarEntry entry : jar.stream().filter(e -> e.getName().startsWith("OSGI-INF/metatype/") && e.getName().endsWith(".xml")).toList()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    found.add(DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(in));
                }
            }
        }
        return found;
    }

    private static String section(String pid, boolean several, Element ocd) {
        var text = new StringBuilder("\n## `").append(pid).append(several ? "-NAME" : "").append("`: ").append(ocd.getAttribute("name")).append("\n\n");
        text.append(sentence(ocd.getAttribute("description"))).append("\n\n| name | type | default | range | meaning |\n|---|---|---|---|---|\n");
        NodeList attributes = ocd.getElementsByTagName("AD");
        for (int i = 0; i < attributes.getLength(); i++) {
            Element ad = (Element) attributes.item(i);
            String list = ad.getAttribute("cardinality").isEmpty() ? "" : ", list";
            text.append("| `%s` | %s%s | %s | %s | %s |%n".formatted(ad.getAttribute("id"), ad.getAttribute("type"), list, value(ad), range(ad),
                    ad.getAttribute("description").replace("|", "\\|")));
        }
        return text.toString();
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }

    private static String value(Element ad) {
        return ad.getAttribute("default").isEmpty() ? "" : "`" + ad.getAttribute("default") + "`";
    }

    private static String range(Element ad) {
        String min = ad.getAttribute("min");
        String max = ad.getAttribute("max");
        return min.isEmpty() && max.isEmpty() ? "" : max.isEmpty() ? "from " + min : min + " to " + max;
    }
}
