using Silo.Contracts.Problems;

namespace Silo.Gateway.OpenApi;

/// <summary>Problems that many routes share, since they come from the same check.</summary>
internal static class RefusalSets
{
    /// <summary>What every route may answer.</summary>
    public static readonly RefusalPart[] Everywhere =
    [
        new(400, ProblemCodes.BadHttpRequest),
        new(403, ProblemCodes.NotLoopback),
        new(500, ProblemCodes.InternalError),
    ];

    /// <summary>Below <c>/api</c>: where a call comes from, and a query string that is not understood.</summary>
    public static readonly RefusalPart[] Api =
    [
        new(400, ProblemCodes.UnknownField),
        new(403, ProblemCodes.HostNotAllowed, ProblemCodes.OriginNotAllowed),
    ];

    /// <summary>Of routes that ask for a key.</summary>
    public static readonly RefusalPart[] Keyed = [new(401, ProblemCodes.KeyMissing, ProblemCodes.KeyInvalid)];

    /// <summary>Of keys that are good for something else.</summary>
    public static readonly RefusalPart[] Scoped = [new(403, ProblemCodes.ScopeMissing)];

    /// <summary>Of calls that ask the scheduler, a node's actor or the store.</summary>
    public static readonly RefusalPart[] Core = [new(503, ProblemCodes.StoreUnavailable, ProblemCodes.OutcomeUnknown, ProblemCodes.NotReady)];

    /// <summary>Of parameters with rules.</summary>
    public static readonly RefusalPart[] Query =
    [
        new(400, ProblemCodes.DuplicateField, ProblemCodes.WrongType, ProblemCodes.InvalidRequest),
        new(422, ProblemCodes.OutOfRange, ProblemCodes.BadText, ProblemCodes.InvalidRequest),
    ];

    /// <summary>Of bodies that may be left out, and say nothing when they are there.</summary>
    public static readonly RefusalPart[] Body =
    [
        new(400, ProblemCodes.InvalidJson, ProblemCodes.WrongType, ProblemCodes.InvalidRequest),
        new(408, ProblemCodes.BodyTooSlow),
        new(413, ProblemCodes.BodyTooLarge),
        new(429, ProblemCodes.TooManyBodies),
        new(415, ProblemCodes.UnsupportedMediaType),
    ];

    /// <summary>Of bodies whose fields have rules.</summary>
    public static readonly RefusalPart[] Fields =
    [
        new(400, ProblemCodes.DuplicateField, ProblemCodes.MissingField, ProblemCodes.BadId),
        new(422, ProblemCodes.OutOfRange, ProblemCodes.BadName, ProblemCodes.BadText, ProblemCodes.InvalidRequest),
    ];

    /// <summary>Of paths that name a task.</summary>
    public static readonly RefusalPart[] Task = [new(400, ProblemCodes.BadId), new(404, ProblemCodes.NotFound)];

    /// <summary>Of paths that name something that may not be there.</summary>
    public static readonly RefusalPart[] Found = [new(404, ProblemCodes.NotFound)];
}
