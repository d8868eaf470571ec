package net.linux.vfio;

import java.nio.file.Path;
import net.api.DevError;
import net.api.DevException;
import net.linux.sys.Descriptors;
import net.linux.sys.SystemCallException;

/** Opens files of VFIO, and says what is missing when that fails. */
final class DeviceFile {
    private DeviceFile() {
    }

    /** @throws DevException UNSUPPORTED, RESOURCE_BUSY or IO */
    static int open(Descriptors fds, Path file) {
        try {
            return fds.open(file.toString());
        } catch (SystemCallException e) {
            throw switch (e.errno()) {
                case SystemCallException.ENOENT, SystemCallException.ENODEV -> new DevException(DevError.UNSUPPORTED,
                        e.getMessage() + ": VFIO is not there: modprobe vfio-pci", e);
                case SystemCallException.EACCES, SystemCallException.EPERM -> new DevException(DevError.UNSUPPORTED,
                        "%s: it belongs to another user: chown %s %s".formatted(e.getMessage(), System.getProperty("user.name"), file), e);
                case SystemCallException.EBUSY -> new DevException(DevError.RESOURCE_BUSY,
                        "%s: another process has it: fuser -v %s".formatted(e.getMessage(), file), e);
                default -> new DevException(DevError.IO, e.getMessage(), e);
            };
        }
    }
}
