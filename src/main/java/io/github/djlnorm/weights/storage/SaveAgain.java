package io.github.djlnorm.weights.storage;

/** What to do with a file that only PyTorch itself can make sense of. */
public final class SaveAgain {

    /** Makes a state dict of the tensors that DJL can have, out of what torch.save wrote. */
    public static final String IN_PYTHON =
            "in Python: import torch; s = torch.load(\"FILE\", \"cpu\", weights_only=False);"
                    + " s = s.state_dict() if hasattr(s, \"state_dict\") else s;"
                    + " torch.save({k: (v if v.dtype in (torch.int64, torch.float64)"
                    + " else v.to_dense().dequantize()).clone() for k, v in s.items()"
                    + " if torch.is_tensor(v) and not v.is_complex() and not v.is_meta},"
                    + " \"NEW.pth\")";

    /** The same of what safetensors wrote. */
    public static final String SAFETENSORS =
            "in Python: import torch; from safetensors.torch import load_file, save_file;"
                    + " save_file({k: v.float() if \"float8\" in str(v.dtype) else v"
                    + " for k, v in load_file(\"FILE\").items()"
                    + " if not v.is_complex() and v.dtype != torch.uint64},"
                    + " \"NEW.safetensors\")";

    private SaveAgain() {}
}
