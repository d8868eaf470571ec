package net.locate;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLStreamException;
import net.api.DevError;
import net.api.DevException;
import org.apache.felix.utils.repository.StaxParser;
import org.apache.felix.utils.resource.CapabilityImpl;
import org.apache.felix.utils.resource.ResourceBuilder;
import org.apache.felix.utils.resource.ResourceImpl;
import org.osgi.framework.BundleException;
import org.osgi.resource.Resource;
import org.osgi.service.repository.ContentNamespace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A repository: the XML index of OSGi's Repository Service (chapter 132), or a plain folder of bundles. It is read each time that it is asked for. */
final class DriverRepository {
    private static final Logger LOG = LoggerFactory.getLogger(DriverRepository.class);
    private static final int LARGEST_INDEX = 64 << 20;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final String place;
    private volatile String name;

    /** @param place URL or path of an index (.xml, .xml.gz), or path of a folder */
    DriverRepository(String place) {
        this.place = place;
        String[] parts = place.split("/");
        name = parts.length == 0 ? place : parts[parts.length - 1];
    }

    /** The name in its index, once it was read; else the last part of its place. */
    String name() {
        return name;
    }

    /**
     * All bundles.
     *
     * @throws DevException IO if it cannot be read
     */
    List<Resource> resources() {
        try {
            Path folder = place.contains(":/") ? null : Path.of(place);
            return folder != null && Files.isDirectory(folder) ? ofFolder(folder) : ofIndex(folder == null ? URI.create(place) : folder.toUri());
        } catch (IOException | XMLStreamException | IllegalArgumentException e) {
            throw new DevException(DevError.IO, "repository %s cannot be read: %s".formatted(place, e), e);
        }
    }

    private List<Resource> ofIndex(URI uri) throws IOException, XMLStreamException {
        byte[] bytes;
        try (InputStream raw = open(uri); InputStream in = uri.getPath().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            bytes = in.readNBytes(LARGEST_INDEX);
        }
        // The reader of the library would follow entities to wherever they point; an index needs none.
        String head = new String(bytes, StandardCharsets.UTF_8);
        if (!head.stripLeading().startsWith("<") || head.contains("<!DOCTYPE")) {
            throw new IOException(uri + " is no index in UTF-8 without a document type");
        }
        StaxParser.XmlRepository index = StaxParser.parse(uri, new ByteArrayInputStream(bytes));
        name = index.name == null ? name : index.name;
        return index.resources;
    }

    /** Opens a URL, waiting for a server for no longer than ten seconds. */
    static InputStream open(URI uri) throws IOException {
        var connection = uri.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setUseCaches(false);
        return new BufferedInputStream(connection.getInputStream());
    }

    private static List<Resource> ofFolder(Path folder) throws IOException {
        List<Resource> all = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path jar : jars) {
                try {
                    all.add(ofJar(jar.toFile()));
                } catch (IOException | BundleException e) {
                    LOG.warn("{} is left out: {}", jar, e.toString());
                }
            }
        }
        return all;
    }

    private static Resource ofJar(File jar) throws IOException, BundleException {
        try (JarFile file = new JarFile(jar)) {
            Manifest manifest = file.getManifest();
            if (manifest == null) {
                throw new IOException("it has no manifest");
            }
            Map<String, String> headers = new HashMap<>();
            manifest.getMainAttributes().forEach((name, value) -> headers.put(name.toString(), value.toString()));
            ResourceImpl resource = ResourceBuilder.build(null, headers);
            resource.addCapability(new CapabilityImpl(resource, ContentNamespace.CONTENT_NAMESPACE, Map.of(),
                    Map.of(ContentNamespace.CAPABILITY_URL_ATTRIBUTE, jar.toURI().toString())));
            return resource;
        }
    }

    @Override
    public String toString() {
        return place;
    }
}
