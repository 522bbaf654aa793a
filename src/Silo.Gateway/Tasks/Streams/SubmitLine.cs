using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Tasks.Streams;

/// <summary>One line of a submit stream on its way from text to answer.</summary>
/// <param name="number">From 1.</param>
internal sealed class SubmitLine(int number)
{
    /// <summary>The task that the line asks for; null when it asks for none that may be stored.</summary>
    public TaskSpec? Task { get; private init; }

    public SubmittedTask? Submitted { get; set; }

    public ApiProblem? Problem { get; private set; }

    /// <summary>Whether it is still to be stored.</summary>
    public bool IsOpen => Problem is null && Submitted is null;

    /// <summary>About what its answer takes in memory: a short line can be wrong in many places.</summary>
    public long ProblemBytes => Problem is null ? 0 : 512 + (Problem.Errors?.Sum(error => 128 + (2L * error.Field.Length)) ?? 0);

    public static SubmitLine Of(int number, TaskSpec task) => new(number) { Task = task };

    public static SubmitLine Refused(int number, ProblemResult refusal)
    {
        var line = new SubmitLine(number);
        line.Refuse(refusal);
        return line;
    }

    public void Refuse(ProblemResult refusal) => Problem = refusal.Problem with { Line = number };
}
