package net.pci.osgi;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import net.api.NetBufPool;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.api.driver.DriverLocator;
import net.api.driver.NetDriver;
import net.api.host.DeviceHost;
import net.pci.DeviceEngine;
import net.pci.DeviceListener;
import net.pci.DriverSource;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The device manager as a service: brings hosts, drivers, pools and configurations to the engine as they come, and takes them away before they are gone, on the
 * thread that takes them.
 */
@Component(service = DeviceManager.class, immediate = true, configurationPid = "net.pci")
@Capability(namespace = "hotnic.configuration", name = "net.pci")
@Designate(ocd = Defaults.class)
public final class ManagerComponent implements DeviceManager {
    private final BundleContext context;
    private final DeviceEngine engine;
    private final SynchronousBundleListener bundles = this::bundleChanged;
    private final List<DeviceListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * @param context where devices are registered
     * @param properties of PID {@code net.pci}
     */
    @Activate
    public ManagerComponent(BundleContext context, Map<String, Object> properties) {
        this.context = context;
        engine = new DeviceEngine(new ContextRegistrar(context.getBundle()), (topic, p) -> listeners.forEach(l -> l.event(topic, p)));
        engine.configure(properties);
        context.addBundleListener(bundles);
    }

    @Modified
    void modified(Map<String, Object> properties) {
        engine.configure(properties);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(bundles);
        engine.close();
    }

    // References are bound in the order of their names: listeners and configurations before there is anything to tell or to configure.

    @Reference(name = "Announce", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(DeviceListener listener) {
        listeners.add(listener);
    }

    void removeListener(DeviceListener listener) {
        listeners.remove(listener);
    }

    @Reference(name = "Configure", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, updated = "updatedRule")
    void addRule(DeviceRule rule) {
        engine.configureDevice(rule, rule.properties());
    }

    void updatedRule(DeviceRule rule) {
        engine.configureDevice(rule, rule.properties());
    }

    void removeRule(DeviceRule rule) {
        engine.removeDeviceConfiguration(rule);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addHost(DeviceHost host) {
        engine.addHost(host);
    }

    void removeHost(DeviceHost host) {
        engine.removeHost(host);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addLocator(DriverLocator locator) {
        engine.addLocator(locator);
    }

    void removeLocator(DriverLocator locator) {
        engine.removeLocator(locator);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPool(NetBufPool pool, Map<String, Object> properties) {
        engine.addPool(pool, String.valueOf(properties.get(NetBufPool.HOST)));
    }

    void removePool(NetBufPool pool) {
        engine.removePool(pool);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, updated = "addDriver")
    void addDriver(NetDriver driver, ServiceReference<NetDriver> reference) {
        int ranking = reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer i ? i : 0;
        Bundle bundle = reference.getBundle();
        engine.addDriver(driver, new DriverSource(bundle.getSymbolicName(), bundle.getVersion().toString(), bundle.getBundleId(), ranking,
                (Long) reference.getProperty(Constants.SERVICE_ID)), new ContextRegistrar(bundle));
    }

    void removeDriver(NetDriver driver, ServiceReference<NetDriver> reference) {
        if (isUpdated(reference.getBundle())) {
            engine.updateDriver(driver);
        } else {
            engine.removeDriver(driver);
        }
    }

    /**
     * The bundle stops and will be started again: that is how update and refresh stop it. Who stops it for good takes its autostart setting away first; what
     * uninstalls it tells so afterwards.
     */
    private boolean isUpdated(Bundle bundle) {
        return bundle != null && bundle.getState() == Bundle.STOPPING && context.getBundle(0).getState() != Bundle.STOPPING
                && bundle.adapt(BundleStartLevel.class).isPersistentlyStarted();
    }

    private void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.UNINSTALLED) {
            engine.endUpdate(event.getBundle().getBundleId());
        }
    }

    @Override
    public List<Device> devices() {
        return engine.devices();
    }

    @Override
    public Device device(String address) {
        return engine.device(address);
    }

    @Override
    public void attach(String address) {
        engine.attach(address);
    }

    @Override
    public void attach(String address, String driver) {
        engine.attach(address, driver);
    }

    @Override
    public void swap(String address, String driver) {
        engine.swap(address, driver);
    }

    @Override
    public void detach(String address) {
        engine.detach(address);
    }

    @Override
    public void rescan() {
        engine.rescan();
    }
}
