using Silo.Core.Tasks;

namespace Silo.Cluster.Client.Messages;

/// <summary>A <see cref="RetryPolicy"/> on the wire.</summary>
[GenerateSerializer, Immutable]
internal readonly record struct RetrySurrogate(
    [property: Id(0)] int AttemptsMax,
    [property: Id(1)] TimeSpan BackoffInitial,
    [property: Id(2)] double BackoffFactor,
    [property: Id(3)] TimeSpan BackoffMax,
    [property: Id(4)] double Jitter)
{
    /// <summary>Null for the default, which nearly every task has.</summary>
    public static RetrySurrogate? Of(RetryPolicy policy) => policy == RetryPolicy.Default
        ? null
        : new RetrySurrogate(policy.AttemptsMax, policy.BackoffInitial, policy.BackoffFactor, policy.BackoffMax, policy.Jitter);

    public static RetryPolicy PolicyOf(RetrySurrogate? surrogate) => surrogate is not { } own ? RetryPolicy.Default : new RetryPolicy
    {
        AttemptsMax = own.AttemptsMax,
        BackoffInitial = own.BackoffInitial,
        BackoffFactor = own.BackoffFactor,
        BackoffMax = own.BackoffMax,
        Jitter = own.Jitter,
    };
}
