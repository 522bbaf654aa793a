using System.Net;
using Silo.Contracts.Problems;

namespace Silo.Client;

/// <summary>The server refused, and said why.</summary>
public sealed class SiloApiException : Exception
{
    /// <summary>The code of an answer that is not one of this API: something else is at that address, or in between.</summary>
    public const string InvalidAnswer = "invalid_answer";

    public SiloApiException()
        : this("The server refused.")
    {
    }

    public SiloApiException(string message)
        : base(message) => (Code, Errors) = (InvalidAnswer, []);

    public SiloApiException(string message, Exception innerException)
        : base(message, innerException) => (Code, Errors) = (InvalidAnswer, []);

    public SiloApiException(HttpStatusCode status, string message, Exception? innerException = null)
        : base(message, innerException) => (Status, Code, Errors) = (status, InvalidAnswer, []);

    public SiloApiException(ApiProblem problem)
        : base(Text(problem)) => (Status, Code, Errors, Problem) = ((HttpStatusCode)problem.Status, problem.Code, problem.Errors ?? [], problem);

    /// <summary>The HTTP status; 0 when there was none.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>One of <see cref="ProblemCodes"/>, or <see cref="InvalidAnswer"/>.</summary>
    public string Code { get; }

    /// <summary>Everything that is wrong with the request, field by field.</summary>
    public IReadOnlyList<FieldProblem> Errors { get; }

    /// <summary>The whole answer; null when it was none of this API.</summary>
    public ApiProblem? Problem { get; }

    private static string Text(ApiProblem problem) =>
        problem.Errors is { Count: > 1 } errors
            ? $"{problem.Title}:{string.Concat(errors.Select(error => $"{Environment.NewLine}  {error.Field} {error.Rule} ({error.Code})"))}"
            : $"{problem.Detail} ({problem.Code})";
}
