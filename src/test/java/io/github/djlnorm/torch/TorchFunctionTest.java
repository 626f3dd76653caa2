package io.github.djlnorm.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.training.GradientCollector;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@OnPyTorch("functions are libtorch's")
class TorchFunctionTest {

    private static final String LINEAR =
            """
            def forward(self, x: Tensor, y: Tensor) -> Tensor:
              if self.subtract:
                z = x * self.factor - y * self.count
              else:
                z = x * self.factor + y * self.count
              return z
            """;

    @Managed private NDManager manager;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b",
                "x[]",
                "x()",
                "x(2,3)",
                "x[0/key]",
                "module_method:other",
                "",
                "gamma"
            })
    void namesOfInputsChangeNothing(String name) {
        NDArray x = manager.create(new float[] {3});
        NDArray y = manager.create(new float[] {1});
        x.setName(name);
        y.setName(name);
        x.setRequiresGradient(true);

        NDList result;
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            result = linear(2, 7, false).call(x, y);
            collector.backward(result.get(0).sum());
        }

        assertThat(result).hasSize(1);
        assertThat(result.get(0).toFloatArray()).containsExactly(13);
        assertThat(result.get(0).getName()).isNull();
        assertThat(x.getName()).isEqualTo(name);
        assertThat(x.getGradient().toFloatArray()).containsExactly(2);
    }

    @Test
    void aResultIsTheFirstInputsManagers() {
        NDArray result;
        try (NDManager own = manager.newSubManager()) {
            NDArray x = own.create(new float[] {3});
            result = linear(2, 7, false).call(x, manager.ones(new Shape(1))).get(0);
            assertThat(result.getManager()).isSameAs(own);
        }
        assertThat(((PtNDArray) result).isReleased()).isTrue();
    }

    @Test
    void aClosedInputIsRefused() {
        NDArray x = manager.ones(new Shape(2));
        NDArray closed = manager.ones(new Shape(2));
        closed.close();

        assertThatThrownBy(() -> linear(2, 7, false).call(x, closed))
                .isInstanceOf(TorchFunctionException.class)
                .hasMessageContaining("has been released");
    }

    /** More than are kept, and the first one called again and again while others come. */
    @Test
    void functionsWithoutNumberStayUsable() {
        NDArray x = manager.create(new double[] {3});
        NDArray y = manager.create(new double[] {1});
        TorchFunction first = linear(0.5, 0, false);
        for (int i = 1; i <= 600; i++) {
            assertThat(linear(i, i, false).call(x, y).get(0).getDouble()).isEqualTo(4.0 * i);
            if (i % 100 == 0) {
                System.gc();
                assertThat(first.call(x, y).get(0).getDouble()).isEqualTo(1.5);
            }
        }
    }

    @Test
    void constantsOfEveryTypeArriveExactly() {
        NDArray x = manager.create(new double[] {3});
        NDArray y = manager.create(new double[] {1});
        long large = 0x7123456789abcdefL;

        assertThat(linear(0.1, 7L, false).call(x, y).get(0).toDoubleArray())
                .containsExactly(3 * 0.1 + 7);
        assertThat(linear(-1e-300, -1L, true).call(x, y).get(0).toDoubleArray())
                .containsExactly(3 * -1e-300 + 1);
        assertThat(linear(0, large, false).call(x, y).get(0).toDoubleArray())
                .containsExactly((double) large);
    }

    @Test
    void equalSourceAndConstantsAreOneFunction() {
        assertThat(linear(2, 3, true)).isSameAs(linear(2, 3, true));
        assertThat(linear(2, 3, true)).isNotSameAs(linear(2, 3, false));
    }

    @Test
    void whatLibtorchRefusesIsSaidInItsWords() {
        NDArray x = manager.ones(new Shape(2));
        NDArray y = manager.ones(new Shape(3));

        assertThatThrownBy(() -> linear(2, 3, false).call(x, y))
                .isInstanceOf(TorchFunctionException.class)
                .hasMessageStartingWith("libtorch refuses the call: ")
                .hasMessageContaining(
                        "The size of tensor a (2) must match the size of tensor b (3)");
    }

    @Test
    void aSourceThatDoesNotCompileIsRefused() {
        assertThatThrownBy(
                        () ->
                                TorchFunction.of(
                                        "def forward(self, x: Tensor) -> Tensor:\n  return nothing\n",
                                        Map.of()))
                .isInstanceOf(TorchFunctionException.class)
                .hasMessageStartingWith("libtorch does not compile the function: ")
                .hasMessageContaining("undefined value nothing");
    }

    @Test
    void aConstantOfAnotherTypeIsRefused() {
        assertThatThrownBy(() -> TorchFunction.of(LINEAR, Map.of("factor", "2")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a constant of a libtorch function must be a Long, Double or Boolean; got"
                                + " factor = 2 of java.lang.String");
    }

    @Test
    void aCallWithoutInputsIsRefused() {
        assertThatThrownBy(() -> linear(2, 3, false).call())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 or more, got 0");
    }

    @Test
    void manyThreadsMayLoadAndCallOneFunction() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Float>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                float value = i;
                calls.add(
                        () -> {
                            try (NDManager own = NDManager.newBaseManager()) {
                                NDArray x = own.create(new float[] {value});
                                return linear(4, 5, false).call(x, x).get(0).getFloat();
                            }
                        });
            }
            List<Future<Float>> results = threads.invokeAll(calls);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(9f * i);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static TorchFunction linear(double factor, long count, boolean subtract) {
        return TorchFunction.of(
                LINEAR, Map.of("factor", factor, "count", count, "subtract", subtract));
    }
}
