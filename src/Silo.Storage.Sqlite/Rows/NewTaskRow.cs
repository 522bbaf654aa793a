using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Storage.Sqlite.Rows;

/// <summary>A task with what can be computed before its transaction, so that the writer need not.</summary>
internal readonly record struct NewTaskRow(TaskSpec Spec, string? Labels, string? Placement, byte[]? Fingerprint)
{
    public static NewTaskRow Prepare(TaskSpec spec) => new(
        spec,
        RowJson.WriteLabels(spec.Labels),
        RowJson.WritePlacement(spec.Placement),
        spec.IdempotencyKey is null ? null : TaskFingerprint.Compute(spec));
}
