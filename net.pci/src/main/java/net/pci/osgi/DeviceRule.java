package net.pci.osgi;

import java.util.Map;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/** One configuration of factory PID {@code net.pci.device}. */
@Component(service = DeviceRule.class, configurationPid = "net.pci.device", configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "hotnic.configuration", name = "net.pci.device")
@Designate(ocd = DeviceSettingsDefinition.class, factory = true)
public final class DeviceRule {
    private volatile Map<String, Object> properties;

    /** @param properties as configured */
    @Activate
    public DeviceRule(Map<String, Object> properties) {
        this.properties = properties;
    }

    @Modified
    void modified(Map<String, Object> now) {
        properties = now;
    }

    Map<String, Object> properties() {
        return properties;
    }
}
