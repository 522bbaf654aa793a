using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;

namespace Silo.Client;

/// <summary>What became of one task of a submit stream: exactly one of the two is given.</summary>
/// <param name="Submitted">The task as stored, or the earlier one that its idempotency key belongs to.</param>
/// <param name="Problem">Why it was refused.</param>
public sealed record SubmitAnswer(SubmittedTask? Submitted, ApiProblem? Problem)
{
    /// <exception cref="SiloApiException">The task was refused.</exception>
    public SubmittedTask OrThrow() => Submitted ?? throw new SiloApiException(Problem!);
}
