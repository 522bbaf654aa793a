namespace Silo.Contracts.Problems;

/// <summary>An answer that refuses: problem details as RFC 9457 has them, with a stable code for programs.</summary>
public sealed record ApiProblem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Always <c>about:blank</c>: <c>code</c> tells problems apart.</summary>
    public string Type { get; init => field = value ?? "about:blank"; } = "about:blank";

    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>For people: what was given, which rule it breaks, what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>Stable, for programs.</summary>
    public required string Code { get; init; }

    /// <summary>Everything that is wrong with the request, field by field; absent when no field is to blame.</summary>
    public IReadOnlyList<FieldProblem>? Errors { get; init; }

    /// <summary>The state that stands in the way, for <c>already_settled</c>, <c>not_retryable</c>, <c>not_finished</c> and <c>no_result</c>.</summary>
    public string? State { get; init; }

    /// <summary>The line of the request it is about, from 1, blank ones counted; in the answer to a stream only.</summary>
    public int? Line { get; init; }

    /// <summary>The tasks concerned: those that may have been stored, or the first owner of an idempotency key.</summary>
    public IReadOnlyList<Guid>? Ids { get; init; }

    /// <summary>The scope that the key lacks, for <c>scope_missing</c>.</summary>
    public string? Scope { get; init; }
}

/// <param name="Field">Path of the field, as <c>tasks[3].priority</c>.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Rule">The rule it breaks.</param>
public sealed record FieldProblem(string Field, string Code, string Rule);
