package io.github.djlnorm.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@OnPyTorch("other engines have one kernel")
class KernelChoiceTest {

    @Managed private NDManager manager;
    private NDArray x;
    private NDArray gamma;
    private boolean gradMode;

    @BeforeEach
    void open() {
        x = manager.ones(new Shape(2, 4, 3));
        gamma = manager.ones(new Shape(4));
        gradMode = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
    }

    @AfterEach
    void close() {
        JniUtils.setGradMode(gradMode);
    }

    private Kernel choice(String forced) {
        return KernelChoice.of(forced, x, Epilogue.of(gamma, null));
    }

    @Test
    void ourOwnRunsWhereNothingIsRecorded() {
        assumeTrue(CpuLibrary.isLoaded(), CpuLibrary.reason());
        assertThat(choice("cpu")).isSameAs(CpuKernel.INSTANCE);

        gamma.setRequiresGradient(true);
        assertThat(choice("cpu")).isSameAs(TorchKernel.INSTANCE);

        JniUtils.setGradMode(false);
        assertThat(choice("cpu")).isSameAs(CpuKernel.INSTANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT16", "FLOAT64"})
    void otherTypesAreLibtorchs(String type) {
        x = x.toType(DataType.valueOf(type), false);
        assertThat(choice("cpu")).isSameAs(TorchKernel.INSTANCE);
    }

    @Test
    void aKernelCanBeForced() {
        assertThat(choice("torch")).isSameAs(TorchKernel.INSTANCE);
        assertThat(choice("formula")).isSameAs(FormulaKernel.INSTANCE);
    }

    @Test
    void whatIsForcedRunsUntilAnotherIs() {
        String before = KernelChoice.forced();
        try {
            for (String name : new String[] {"formula", "torch"}) {
                KernelChoice.force(name);
                assertThat(KernelChoice.forced()).isEqualTo(name);
                assertThat(KernelChoice.nameFor(x, gamma, null))
                        .isEqualToIgnoringCase(name + "Kernel");
            }
        } finally {
            KernelChoice.force(before);
        }
    }

    /** On this engine DJL's conversion cuts gradients, so the formula must not need one. */
    @ParameterizedTest
    @ValueSource(strings = {"FLOAT16", "FLOAT64"})
    void theFormulaIsNotForcedOnMixedTypes(String type) {
        x = x.toType(DataType.valueOf(type), false);
        assertThat(choice("formula")).isSameAs(TorchKernel.INSTANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CPU", "nonsense"})
    void anUnknownNameIsRefusedEachTime(String name) {
        for (int call = 0; call < 2; call++) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> choice(name))
                    .withMessageContaining("io.github.djlnorm.kernel must name a kernel")
                    .withMessageContaining("expected cpu, torch or formula, got " + name);
        }
    }
}
