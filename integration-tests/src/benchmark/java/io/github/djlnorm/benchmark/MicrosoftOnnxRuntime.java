package io.github.djlnorm.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** ONNX Runtime by its own Java interface. */
public final class MicrosoftOnnxRuntime implements OnnxRuntime {

    @Override
    public Call open(Path file, Input input, int threads) {
        try {
            return new SessionCall(file, input, threads);
        } catch (OrtException e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }

    @Override
    public String version() {
        return OrtEnvironment.class.getPackage().getImplementationVersion();
    }

    /** A net that runs. */
    private static final class SessionCall implements Call {

        private final OrtSession session;
        private final OnnxTensor x;
        private final Map<String, OnnxTensor> inputs;

        SessionCall(Path file, Input input, int threads) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (SessionOptions options = new SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                session = environment.createSession(file.toString(), options);
            }
            FloatBuffer values = FloatBuffer.wrap(Data.x(input));
            x = OnnxTensor.createTensor(environment, values, input.shape().getShape());
            inputs = Map.of(session.getInputNames().iterator().next(), x);
        }

        @Override
        public void run() {
            try {
                session.run(inputs).close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public List<float[]> numbers() {
            try (OrtSession.Result result = session.run(inputs)) {
                FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] numbers = new float[values.remaining()];
                values.get(numbers);
                return List.of(numbers);
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            x.close();
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
