package io.github.djlnorm.benchmark;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Work of libtorch, called by the JavaCPP presets with nothing between. It must not meet DJL's
 * libtorch in one process.
 */
final class DirectCall implements Call {

    private final List<Tensor> parameters = new ArrayList<>();
    private final Tensor x;
    private final Tensor dy;
    private final UnaryOperator<Tensor> forward;
    private final Optional<NoGradGuard> guard;

    /** Makes a function of the input from the parameters. */
    @FunctionalInterface
    interface Operator {
        UnaryOperator<Tensor> with(List<TensorOptional> parameters);
    }

    /**
     * Makes it ready.
     *
     * @param trial the work
     * @param scales for each parameter, one number per channel, whether it is a scale
     * @param operator the function
     */
    DirectCall(Trial trial, List<Boolean> scales, Operator operator) {
        torch.set_num_threads(Threads.ofThisProcess());
        boolean differentiates = trial.work().differentiates();
        guard = differentiates ? Optional.empty() : Optional.of(new NoGradGuard());
        x = input(trial.input());
        x.set_requires_grad(differentiates);
        Shape shape = trial.input().shape();
        dy = differentiates ? tensor(Data.dy(shape), shape) : null;
        Shape perChannel = new Shape(trial.input().channels());
        for (boolean scale : scales) {
            Tensor tensor =
                    tensor(Data.parameter(parameters.size(), perChannel, scale), perChannel);
            tensor.set_requires_grad(true);
            parameters.add(tensor);
        }
        forward = operator.with(parameters.stream().map(TensorOptional::new).toList());
    }

    /** Why there is none, if so. */
    static Optional<String> missing() {
        String library =
                "org/bytedeco/pytorch/"
                        + Loader.getPlatform()
                        + "/"
                        + System.mapLibraryName("torch");
        if (DirectCall.class.getClassLoader().getResource(library) != null) {
            return Optional.empty();
        }
        return Optional.of(
                "the class path has no native code of org.bytedeco:pytorch for "
                        + Loader.getPlatform()
                        + "; the Maven profile 'benchmark' brings it for linux-x86_64");
    }

    private static Tensor input(Input input) {
        float[] values = Data.x(input);
        Shape shape = input.shape();
        return input.channelsLast()
                ? tensor(Data.channelsLast(values, shape), Data.channelsLast(shape))
                        .permute(0, 3, 1, 2)
                : tensor(values, shape);
    }

    private static Tensor tensor(float[] values, Shape shape) {
        return Tensor.create(values, shape.getShape());
    }

    @Override
    public void run() {
        try (PointerScope scope = new PointerScope()) {
            scope.attach(step());
        }
    }

    private Tensor step() {
        Tensor y;
        if (dy == null) {
            y = forward.apply(x);
        } else {
            clear(x);
            parameters.forEach(DirectCall::clear);
            y = forward.apply(x);
            y.backward(dy, new BoolOptional(), false, new TensorArrayRefOptional());
        }
        return y;
    }

    /** As DJL clears a gradient: the array stays and becomes zero. */
    private static void clear(Tensor tensor) {
        Tensor gradient = tensor.grad();
        if (gradient.defined()) {
            gradient.zero_();
        }
    }

    @Override
    public List<float[]> numbers() {
        List<float[]> numbers = new ArrayList<>();
        numbers.add(values(step()));
        if (dy != null) {
            numbers.add(values(x.grad()));
            parameters.forEach(parameter -> numbers.add(values(parameter.grad())));
        }
        return numbers;
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        tensor.contiguous().data_ptr_float().get(values);
        return values;
    }

    @Override
    public void close() {
        guard.ifPresent(NoGradGuard::close);
    }
}
