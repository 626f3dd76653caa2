package io.github.djlnorm.parity;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.github.djlnorm.AdaptiveInstanceNorm;
import io.github.djlnorm.ConditionalInstanceNorm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The layers with a second input, labels or a style, against real PyTorch. */
class TwoInputsParityTest {

    private static final String MODULES =
            """
            class Conditional(nn.Module):
                def __init__(self, classes, axis, eps):
                    super().__init__()
                    self.axis, self.eps = axis, eps
                    self.gamma, self.beta = nn.Embedding(classes, 12), nn.Embedding(classes, 12)

                def forward(self, x, label):
                    x = x.movedim(self.axis, 1)
                    shape = (len(x), 12, *[1] * (x.dim() - 2))
                    y = nn.functional.instance_norm(x, eps=self.eps)
                    y = y * self.gamma(label).reshape(shape) + self.beta(label).reshape(shape)
                    return y.movedim(1, self.axis)

            class Adaptive(nn.Module):
                def __init__(self, axis, eps):
                    super().__init__()
                    self.axis, self.eps = axis, eps

                def forward(self, content, style):
                    x, style = content.movedim(self.axis, 1), style.movedim(self.axis, 1)
                    var, mean = torch.var_mean(style.flatten(2), 2, correction=0)
                    shape = (len(style), 12, *[1] * (x.dim() - 2))
                    deviation = torch.sqrt(var + self.eps).reshape(shape)
                    y = nn.functional.instance_norm(x, eps=self.eps)
                    return (y * deviation + mean.reshape(shape)).movedim(1, self.axis)
            """;

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @ParameterizedTest
    @CsvSource({
        "1, 1e-5, 5, FLOAT32",
        "1, 1e-12, 1, FLOAT32",
        "-1, 1e-3, 3, FLOAT32",
        "2, 1e-5, 3, FLOAT32",
        "1, 1e-5, 5, FLOAT64",
        "1, 1e-5, 5, FLOAT16"
    })
    void conditionalEqualsItsFormula(int axis, float epsilon, int classes, DataType type) {
        for (Shape shape : shapes(axis, 7)) {
            String module = "Conditional(%d, %d, %s)".formatted(classes, axis, epsilon);
            BlockInput labels = BlockInput.integers(new Shape(3), classes);

            conditional(axis, epsilon, classes, type)
                    .inputs(BlockInput.values(shape), labels)
                    .check(PYTORCH.get(), module);
            conditional(axis, epsilon, classes, type)
                    .evaluating()
                    .withoutGradients()
                    .inputs(BlockInput.values(shape), labels)
                    .check(PYTORCH.get(), module);
        }
    }

    private static BlockParity conditional(int axis, float epsilon, int classes, DataType type) {
        ConditionalInstanceNorm layer =
                ConditionalInstanceNorm.builder()
                        .setNumClasses(classes)
                        .optAxis(axis)
                        .optEpsilon(epsilon)
                        .build();
        return BlockParity.of(layer)
                .define(MODULES)
                .type(type)
                .parameter("gamma", "gamma.weight")
                .parameter("beta", "beta.weight");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1e-5, FLOAT32",
        "1, 1e-12, FLOAT32",
        "-1, 1e-3, FLOAT32",
        "2, 1e-5, FLOAT32",
        "1, 1e-5, FLOAT64",
        "1, 1e-5, FLOAT16"
    })
    void adaptiveEqualsItsFormula(int axis, float epsilon, DataType type) {
        AdaptiveInstanceNorm layer =
                AdaptiveInstanceNorm.builder().optAxis(axis).optEpsilon(epsilon).build();

        Shape[] contents = shapes(axis, 7);
        Shape[] styles = shapes(axis, 4);
        for (int i = 0; i < contents.length; i++) {
            checkAdaptive(layer, contents[i], styles[i], axis, epsilon, type);
        }
    }

    @Test
    void oneStyleIsThatOfAllContents() {
        AdaptiveInstanceNorm layer = AdaptiveInstanceNorm.builder().build();

        checkAdaptive(
                layer, new Shape(3, 12, 5, 7), new Shape(1, 12, 6, 4), 1, 1e-5f, DataType.FLOAT32);
    }

    @Test
    void adaptiveFunctionEqualsItsFormula() {
        Block function =
                new LambdaBlock(
                        inputs ->
                                AdaptiveInstanceNorm.adaptiveInstanceNorm(
                                        inputs.get(0), inputs.get(1), 1e-3f));

        checkAdaptive(
                function,
                new Shape(3, 12, 5, 7),
                new Shape(3, 12, 6, 4),
                1,
                1e-3f,
                DataType.FLOAT32);
    }

    private void checkAdaptive(
            Block block, Shape content, Shape style, int axis, float epsilon, DataType type) {
        for (boolean inference : new boolean[] {false, true}) {
            BlockParity parity =
                    BlockParity.of(block)
                            .define(MODULES)
                            .type(type)
                            .inputs(BlockInput.values(content), BlockInput.values(style));
            if (inference) {
                parity.evaluating().withoutGradients();
            }
            parity.check(PYTORCH.get(), "Adaptive(%d, %s)".formatted(axis, epsilon));
        }
    }

    /** Shapes of 12 channels on an axis, of rank 3, 4 and 5. */
    private static Shape[] shapes(int axis, long size) {
        return switch (axis) {
            case 1 ->
                    new Shape[] {
                        new Shape(3, 12, size),
                        new Shape(3, 12, 5, size),
                        new Shape(3, 12, 2, 3, size)
                    };
            case 2 -> new Shape[] {new Shape(3, 5, 12, size), new Shape(3, 2, 12, 3, size)};
            default -> new Shape[] {new Shape(3, size, 12), new Shape(3, 5, size, 12)};
        };
    }
}
