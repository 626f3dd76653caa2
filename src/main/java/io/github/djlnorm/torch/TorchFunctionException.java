package io.github.djlnorm.torch;

import ai.djl.engine.EngineException;

/**
 * Thrown when libtorch does not compile or refuses to run a {@link TorchFunction}; its message is
 * in it.
 */
public class TorchFunctionException extends EngineException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception that carries libtorch's own message.
     *
     * @param what what failed
     * @param cause the engine's exception
     */
    TorchFunctionException(String what, Throwable cause) {
        super(what + ": " + cause.getMessage(), cause);
    }
}
