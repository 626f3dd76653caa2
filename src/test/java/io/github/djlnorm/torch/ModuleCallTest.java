package io.github.djlnorm.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways to call a module. */
class ModuleCallTest {

    private static final PtSymbolBlock SQUARE_PLUS =
            module(
                    """
                    def forward(self, x: Tensor, y: Tensor) -> Tensor:
                      return x * x + y
                    """);
    private static final PtSymbolBlock MINIMUM =
            module(
                    """
                    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
                      smallest, place = torch.min(x, 0)
                      return (smallest, place)
                    """);

    private NDManager manager;

    private static PtSymbolBlock module(String source) {
        return TorchFunction.of(source, Map.of()).module();
    }

    static List<ModuleCall> ways() {
        return List.of(new IValueCall(), NativeCall.find().orElseThrow());
    }

    static Stream<Arguments> waysAndNames() {
        return Stream.of(
                        "a.b",
                        "x[]",
                        "x()",
                        "x(2,3)",
                        "x[0/key]",
                        "module_method:other",
                        "",
                        "gamma")
                .flatMap(name -> ways().stream().map(way -> Arguments.of(way, name)));
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void theNativeMethodsAreThereInThisVersionOfDjl() {
        assertThat(ModuleCall.shortest()).isInstanceOf(NativeCall.class);
    }

    @ParameterizedTest
    @MethodSource("waysAndNames")
    void namesOfInputsChangeNothing(ModuleCall way, String name) {
        NDArray x = manager.create(new float[] {3});
        NDArray y = manager.create(new float[] {1});
        x.setName(name);
        y.setName(name);

        NDList result = way.run(SQUARE_PLUS, new NDList(x, y));

        assertThat(result).hasSize(1);
        assertThat(result.get(0).toFloatArray()).containsExactly(10);
        assertThat(result.get(0).getName()).isNull();
        assertThat(x.getName()).isEqualTo(name);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void gradientsFlowThroughNamedInputs(ModuleCall way) {
        NDArray x = manager.create(new float[] {3});
        NDArray y = manager.create(new float[] {1});
        x.setName("a.b");
        x.setRequiresGradient(true);

        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(way.run(SQUARE_PLUS, new NDList(x, y)).get(0).sum());
        }

        assertThat(x.getGradient().toFloatArray()).containsExactly(6);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aResultIsTheFirstInputsManagers(ModuleCall way) {
        NDArray result;
        try (NDManager own = manager.newSubManager()) {
            NDArray x = own.create(new float[] {3});
            result = way.run(SQUARE_PLUS, new NDList(x, manager.zeros(new Shape(1)))).get(0);
            assertThat(result.getManager()).isSameAs(own);
        }
        assertThat(((PtNDArray) result).isReleased()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void severalResultsComeAsAList(ModuleCall way) {
        NDList results = way.run(MINIMUM, new NDList(manager.create(new float[] {5, 2, 9})));

        assertThat(results).hasSize(2);
        assertThat(results.get(0).getFloat()).isEqualTo(2);
        assertThat(results.get(1).getLong()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatLibtorchRefusesIsThrown(ModuleCall way) {
        NDList unlike = new NDList(manager.ones(new Shape(2)), manager.ones(new Shape(3)));

        assertThatThrownBy(() -> way.run(SQUARE_PLUS, unlike))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("The size of tensor a (2) must match");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aClosedInputIsRefused(ModuleCall way) {
        NDArray x = manager.ones(new Shape(2));
        NDArray closed = manager.ones(new Shape(2));
        closed.close();

        assertThatThrownBy(() -> way.run(SQUARE_PLUS, new NDList(x, closed)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has been released");
    }
}
