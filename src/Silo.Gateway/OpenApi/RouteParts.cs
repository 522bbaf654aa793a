namespace Silo.Gateway.OpenApi;

/// <summary>A parameter of the query string; all of them may be left out.</summary>
/// <param name="Type">How it is written: <c>string</c>, <c>integer</c> or <c>number</c>.</param>
/// <param name="Format">A format of JSON Schema that narrows the type.</param>
internal sealed record QueryPart(string Name, string Description, string Type = "string", string? Format = null)
{
    /// <summary>The values that are taken; null for any.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    public long? Minimum { get; init; }

    public long? Maximum { get; init; }
}

/// <summary>What a body may be; a route that takes several kinds has several parts.</summary>
/// <param name="Types">The records, one of which it is.</param>
/// <param name="Required">Whether the call makes no sense without.</param>
internal sealed record BodyPart(string MediaType, bool Required, params IReadOnlyList<Type> Types);

/// <summary>What a good answer may be.</summary>
/// <param name="Types">The records, one of which it is; none for an answer that is no record.</param>
internal sealed record AnswerPart(int Status, string Description, string? MediaType, params IReadOnlyList<Type> Types);

/// <summary>Problems that a route may answer with.</summary>
/// <param name="Codes">The stable codes of this status.</param>
internal sealed record RefusalPart(int Status, params IReadOnlyList<string> Codes)
{
    /// <summary>Whether handlers add codes of their own.</summary>
    public bool MoreCodes { get; init; }
}
