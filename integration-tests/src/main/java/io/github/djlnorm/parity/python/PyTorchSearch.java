package io.github.djlnorm.parity.python;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Looks for real PyTorch: where it was told to, where the environment says, or in the image that
 * .ci/pytorch-image builds or the public one, if the container engine has it already (they are too
 * large to be made or pulled unasked).
 *
 * @param torch PyTorch, which the caller closes, if there is any
 * @param missing why there is none, and how to get it; null if there is
 */
public record PyTorchSearch(Optional<PyTorch> torch, String missing) {

    private static final String HOW =
            "; name an image that has it with --image or PARITY_IMAGE, or a Python with --python or"
                    + " PARITY_PYTHON";

    /**
     * Looks where the environment variables PARITY_PYTHON and PARITY_IMAGE say.
     *
     * @return what was found
     */
    public static PyTorchSearch run() {
        return run(null, null);
    }

    /**
     * Looks for a local Python, or an image.
     *
     * @param python a Python command, or null to go by the environment
     * @param image an image, or null to go by the environment
     * @return what was found
     */
    public static PyTorchSearch run(String python, String image) {
        String localPython = told(python, image == null ? "PARITY_PYTHON" : null);
        if (localPython != null) {
            return start(() -> PyTorch.ofLocalPython(localPython));
        }
        if (!PythonCommand.engineRuns()) {
            return none("no container engine answers" + HOW);
        }
        String named = told(image, "PARITY_IMAGE");
        return Stream.concat(
                        Stream.ofNullable(named),
                        Stream.of(PyTorch.BUILT_IMAGE, PyTorch.PUBLIC_IMAGE)
                                .filter(PythonCommand::engineHas))
                .findFirst()
                .map(found -> start(() -> PyTorch.inContainer(found)))
                .orElseGet(
                        () ->
                                none(
                                        "the container engine has neither %s, which .ci/pytorch-image"
                                                        .formatted(PyTorch.BUILT_IMAGE)
                                                + " builds, nor "
                                                + PyTorch.PUBLIC_IMAGE
                                                + HOW));
    }

    private static PyTorchSearch none(String why) {
        return new PyTorchSearch(Optional.empty(), why);
    }

    private static String told(String option, String variable) {
        if (option != null || variable == null) {
            return option;
        }
        String value = System.getenv(variable);
        return value == null || value.isBlank() ? null : value;
    }

    private static PyTorchSearch start(Supplier<PyTorch> starter) {
        try {
            return new PyTorchSearch(Optional.of(starter.get()), null);
        } catch (RuntimeException e) {
            Throwable cause = e;
            while (cause.getCause() != null && !(cause instanceof IOException)) {
                cause = cause.getCause();
            }
            return none("PyTorch does not start: " + cause.getMessage() + HOW);
        }
    }
}
