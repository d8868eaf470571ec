package net.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names of vendors and devices from the list of PCI ids that distributions install (pci.ids(5)). Only what was asked for is kept. */
final class PciIds {
    /** Where Debian and its kin, and Red Hat and its kin, have it. */
    static final List<Path> USUAL = List.of(Path.of("/usr/share/misc/pci.ids"), Path.of("/usr/share/hwdata/pci.ids"));

    private final List<Path> places;
    private final Map<Integer, Optional<String>> known = new HashMap<>();

    PciIds(List<Path> places) {
        this.places = places;
    }

    /** Vendor's and device's name; the vendor's alone for an unlisted device; absent if even that is not known. */
    synchronized Optional<String> name(int vendor, int device) {
        return known.computeIfAbsent(vendor << 16 | device, k -> {
            for (Path file : places) {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
                    return search(lines, "%04x".formatted(vendor), "\t%04x".formatted(device));
                } catch (IOException e) {
                    continue;
                }
            }
            return Optional.empty();
        });
    }

    /** A vendor's line starts in the first column, its devices' with one tab, their subsystems' with two; behind an id are two spaces. */
    private static Optional<String> search(BufferedReader lines, String vendor, String device) throws IOException {
        String vendorName = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (vendorName == null) {
                vendorName = line.startsWith(vendor + "  ") ? line.substring(vendor.length()).strip() : null;
            } else if (line.startsWith(device + "  ")) {
                return Optional.of(vendorName + " " + line.substring(device.length()).strip());
            } else if (!line.isEmpty() && line.charAt(0) != '\t' && line.charAt(0) != '#') {
                break;
            }
        }
        return Optional.ofNullable(vendorName);
    }
}
