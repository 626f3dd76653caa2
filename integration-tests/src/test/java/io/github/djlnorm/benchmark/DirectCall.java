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

    private final List<Tensor> trained = new ArrayList<>();
    private final List<Tensor> running = new ArrayList<>();
    private final Tensor x;
    private final Tensor dy;
    private final UnaryOperator<Tensor> forward;
    private final Optional<NoGradGuard> guard;

    /** What is trained. */
    record Parameter(Shape shape, boolean scale) {}

    /** Makes a function of the input from what is trained, and the running statistics behind it. */
    @FunctionalInterface
    interface Operator {
        UnaryOperator<Tensor> with(List<TensorOptional> arguments);
    }

    /**
     * Makes it ready.
     *
     * @param trial the work
     * @param parameters what is trained
     * @param tracks whether there are running statistics
     * @param operator the function
     */
    DirectCall(Trial trial, List<Parameter> parameters, boolean tracks, Operator operator) {
        torch.set_num_threads(Threads.ofThisProcess());
        boolean differentiates = trial.work().differentiates();
        guard = differentiates ? Optional.empty() : Optional.of(new NoGradGuard());
        x = tensor(Data.x(trial), trial.shape());
        x.set_requires_grad(differentiates);
        dy = differentiates ? tensor(Data.dy(trial.shape()), trial.shape()) : null;
        for (Parameter parameter : parameters) {
            Shape shape = parameter.shape();
            Tensor tensor = tensor(Data.parameter(trained.size(), shape, parameter.scale()), shape);
            tensor.set_requires_grad(true);
            trained.add(tensor);
        }
        if (tracks) {
            running.add(torch.zeros(trial.channels()));
            running.add(torch.ones(trial.channels()));
        }
        List<TensorOptional> arguments = new ArrayList<>();
        trained.forEach(tensor -> arguments.add(new TensorOptional(tensor)));
        running.forEach(tensor -> arguments.add(new TensorOptional(tensor)));
        forward = operator.with(arguments);
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
            trained.forEach(DirectCall::clear);
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
            trained.forEach(parameter -> numbers.add(values(parameter.grad())));
        }
        running.forEach(statistics -> numbers.add(values(statistics)));
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
