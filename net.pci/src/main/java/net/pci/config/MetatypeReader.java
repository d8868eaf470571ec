package net.pci.config;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Reads metatype as bundles carry it. OSGi Compendium 8, 105.8. The Metatype service would do, but that it tells nobody the ranges of numbers. */
final class MetatypeReader {
    /** A document type is the way to make a parser read other files. */
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

    private MetatypeReader() {
    }

    /**
     * The definitions of a file.
     *
     * @param judged PIDs whose components look at values themselves
     * @throws IOException it cannot be read, or is no metatype
     */
    static List<Definition> read(InputStream in, Set<String> judged) throws IOException {
        Document document;
        try {
            var factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(NO_DOCTYPE, true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler()); // which throws, and prints nothing
            document = builder.parse(in);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(e.toString(), e);
        }
        Map<String, Element> classes = new LinkedHashMap<>();
        elements(document.getDocumentElement(), "OCD").forEach(ocd -> classes.put(ocd.getAttribute("id"), ocd));
        List<Definition> definitions = new ArrayList<>();
        for (Element designate : elements(document.getDocumentElement(), "Designate")) {
            String pid = designate.hasAttribute("factoryPid") ? designate.getAttribute("factoryPid") : designate.getAttribute("pid");
            elements(designate, "Object").stream().map(o -> classes.get(o.getAttribute("ocdref"))).filter(ocd -> ocd != null).findFirst()
                    .ifPresent(ocd -> definitions.add(new Definition(pid, attributes(ocd), judged.contains(pid))));
        }
        return definitions;
    }

    private static Map<String, Attribute> attributes(Element ocd) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        for (Element ad : elements(ocd, "AD")) {
            // Negative for a Vector, positive for an array, 0 for one value. 105.7.2
            boolean list = number(ad, "cardinality").map(BigDecimal::signum).orElse(0) != 0;
            attributes.put(ad.getAttribute("id"), new Attribute(ad.getAttribute("id"), ad.getAttribute("type"), list, number(ad, "min"), number(ad, "max"),
                    elements(ad, "Option").stream().map(o -> o.getAttribute("value")).toList()));
        }
        return attributes;
    }

    private static Optional<BigDecimal> number(Element element, String name) {
        try {
            return Optional.of(new BigDecimal(element.getAttribute(name)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
    }
}
