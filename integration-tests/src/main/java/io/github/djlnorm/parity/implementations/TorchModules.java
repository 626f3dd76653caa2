package io.github.djlnorm.parity.implementations;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.cases.Affine;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.cases.Running;
import io.github.djlnorm.parity.python.ModuleCall;
import io.github.djlnorm.parity.python.ModuleInput;
import io.github.djlnorm.parity.python.ModuleResult;
import io.github.djlnorm.parity.python.PyTorch;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Real modules of {@code torch.nn}. They have all parameters or none; where a case has some of
 * them, the others stay neutral.
 */
public final class TorchModules implements Implementation {

    private final PyTorch torch;

    public TorchModules(PyTorch torch) {
        this.torch = torch;
    }

    @Override
    public String name() {
        return "PyTorch " + torch.version();
    }

    @Override
    public boolean computes(ParityCase parityCase) {
        return !missing(torch).contains(parityCase.layer());
    }

    @Override
    public List<Outcome> run(List<ParityCase> cases) {
        List<ModuleResult> results = torch.run(cases.stream().map(TorchModules::call).toList());
        return IntStream.range(0, cases.size())
                .mapToObj(i -> outcome(cases.get(i), results.get(i)))
                .toList();
    }

    /** The layers whose module a PyTorch is too old for. */
    public static List<Layer> missing(PyTorch torch) {
        Version version = Version.parse(torch.version().replaceFirst("[^\\d.].*", ""));
        return Stream.of(Layer.values())
                .filter(layer -> layer.since().compareTo(version) > 0)
                .toList();
    }

    private static ModuleCall call(ParityCase parityCase) {
        CaseData data = new CaseData(parityCase);
        List<Boolean> passes = parityCase.passes();
        Map<String, double[]> arrays = new HashMap<>();
        for (int pass = 0; pass < passes.size(); pass++) {
            arrays.put("x" + pass + "/0", data.x(pass));
        }
        arrays.put("dy/0", data.dy());
        Layer layer = parityCase.layer();
        if (parityCase.affine() != Affine.NONE) {
            arrays.put("state/weight", data.gamma());
            if (layer.affines().contains(Affine.SCALE_SHIFT)) {
                arrays.put("state/bias", data.beta());
            }
        }
        if (parityCase.running().given()) {
            arrays.put("state/running_mean", data.runningMean());
            arrays.put("state/running_var", data.runningVar());
        }
        if (parityCase.running() == Running.GIVEN) {
            // A module takes its statistics as given in evaluation only.
            passes = passes.stream().map(training -> false).toList();
        }
        List<ModuleInput> inputs = new ArrayList<>();
        inputs.add(new ModuleInput(parityCase.shape(), parityCase.precision().input()));
        if (parityCase.extra().isMasked()) {
            Shape mask = new Shape(parityCase.instances()).addAll(parityCase.shape().slice(2));
            inputs.add(new ModuleInput(mask, DataType.INT64));
            arrays.put("x0/1", data.mask());
        }
        return new ModuleCall(
                "",
                parityCase.module(),
                inputs,
                parityCase.precision().parameters(),
                parityCase.layout(),
                passes,
                arrays);
    }

    private static Outcome outcome(ParityCase parityCase, ModuleResult result) {
        if (result.isRefused()) {
            return Outcome.refused(result.refusal());
        }
        Map<Quantity, double[]> values = new EnumMap<>(Quantity.class);
        for (Quantity quantity : Quantity.values()) {
            double[] array = result.arrays().get(torchName(quantity));
            if (parityCase.has(quantity) && array != null) {
                values.put(quantity, array);
            }
        }
        return Outcome.of(values);
    }

    private static String torchName(Quantity quantity) {
        return switch (quantity) {
            case Y -> "y/0";
            case DX -> "dx/0";
            case DGAMMA -> "grad/weight";
            case DBETA -> "grad/bias";
            case RUNNING_MEAN -> "state/running_mean";
            case RUNNING_VAR -> "state/running_var";
        };
    }
}
