package net.linux.doctor;

import java.util.Set;
import org.apache.felix.hc.api.HealthCheck;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The health checks, one for each thing that is looked at. All have the tags {@code hotnic} and {@code linux}, and one of their own. Called by SCR. */
final class MachineChecks {
    /** What findings of the machine are about; all others are about devices. */
    static final Set<String> MACHINE = Set.of("native access", "IOMMU", "VFIO", "access", "addresses", "memlock", "huge pages", "left memory", "locks");
    private static final String NAME = HealthCheck.NAME + "=Hotnic: ";
    private static final String HOTNIC = HealthCheck.TAGS + "=hotnic";
    private static final String LINUX = HealthCheck.TAGS + "=linux";

    private MachineChecks() {
    }

    /** java.lang.foreign is allowed. */
    @Component(service = HealthCheck.class, property = {NAME + "native access", HOTNIC, LINUX, HealthCheck.TAGS + "=native"})
    public static final class NativeAccess extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public NativeAccess(@Reference Doctor doctor) {
            super(doctor, "native access");
        }
    }

    /** There is an IOMMU. */
    @Component(service = HealthCheck.class, property = {NAME + "IOMMU", HOTNIC, LINUX, HealthCheck.TAGS + "=iommu"})
    public static final class Iommu extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public Iommu(@Reference Doctor doctor) {
            super(doctor, "IOMMU");
        }
    }

    /** The kernel has VFIO. */
    @Component(service = HealthCheck.class, property = {NAME + "VFIO", HOTNIC, LINUX, HealthCheck.TAGS + "=vfio"})
    public static final class Vfio extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public Vfio(@Reference Doctor doctor) {
            super(doctor, "VFIO");
        }
    }

    /** That devices are had without VFIO is unsafe. */
    @Component(service = HealthCheck.class, property = {NAME + "access without VFIO", HOTNIC, LINUX, HealthCheck.TAGS + "=safety"})
    public static final class Safety extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public Safety(@Reference Doctor doctor) {
            super(doctor, "access", "addresses");
        }
    }

    /** Enough memory may be locked. */
    @Component(service = HealthCheck.class, property = {NAME + "locked memory", HOTNIC, LINUX, HealthCheck.TAGS + "=memory"})
    public static final class LockedMemory extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public LockedMemory(@Reference Doctor doctor) {
            super(doctor, "memlock");
        }
    }

    /** There are huge pages, and none are left by a process that was killed. */
    @Component(service = HealthCheck.class, property = {NAME + "huge pages", HOTNIC, LINUX, HealthCheck.TAGS + "=memory"})
    public static final class HugePages extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public HugePages(@Reference Doctor doctor) {
            super(doctor, "huge pages", "left memory");
        }
    }

    /** There is a place for locks. */
    @Component(service = HealthCheck.class, property = {NAME + "locks", HOTNIC, LINUX, HealthCheck.TAGS + "=locks"})
    public static final class Locks extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public Locks(@Reference Doctor doctor) {
            super(doctor, "locks");
        }
    }

    /** Each device that the configuration names can be had. */
    @Component(service = HealthCheck.class, property = {NAME + "devices", HOTNIC, LINUX, HealthCheck.TAGS + "=devices"})
    public static final class Devices extends MachineCheck {
        /** Called by SCR. */
        @Activate
        public Devices(@Reference Doctor doctor) {
            super(doctor);
        }
    }
}
