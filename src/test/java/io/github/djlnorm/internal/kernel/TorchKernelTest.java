package io.github.djlnorm.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

@OnPyTorch("the kernel is libtorch's")
class TorchKernelTest {

    private static final int KEPT = 256;

    @Managed private NDManager manager;

    /** A few hundred bytes for each epsilon are no leak that a process's memory would show soon. */
    @Test
    void argumentsThatAreNotKeptAreFreed() throws ReflectiveOperationException {
        NDArray x = manager.randomNormal(new Shape(1, 2, 3));
        for (int i = 1; i <= KEPT + 50; i++) {
            TorchKernel.INSTANCE.normalizeGroups(x, 1, 1e-4 * i, Epilogue.of(null, null)).close();
        }
        assertThat(argumentsManager().getManagedArrays())
                .as("arrays of settings, and one for absent parameters")
                .hasSizeBetween(KEPT, KEPT + 1);
    }

    private static NDManager argumentsManager() throws ReflectiveOperationException {
        Field manager =
                Class.forName(TorchKernel.class.getName() + "$Absent").getDeclaredField("CPU");
        manager.setAccessible(true);
        return (NDManager) manager.get(null);
    }
}
