using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Core.Tests.Queues;

namespace Silo.Core.Tests.Tasks;

public sealed partial class TaskTransitionTests
{
    [Fact]
    public void Document_EveryArrow_IsALegalTransitionAndNoneIsMissing()
    {
        var drawn = Arrow().Matches(File.ReadAllText(DocumentPath()))
            .Select(arrow => (From: arrow.Groups["from"].Value, To: arrow.Groups["to"].Value, Event: arrow.Groups["event"].Value))
            .Where(arrow => arrow.To != "[*]")
            .ToList();

        var coded = TaskTransition.All.Select(step => (From: step.From is { } from ? Word(from) : "[*]", To: Word(step.To), Event: Word(step.Event)));

        Assert.Equal(coded.Order(), drawn.Order());
    }

    [Fact]
    public void All_TerminalStates_AreLeftByAnOperatorOnly() =>
        Assert.All(
            TaskTransition.All.Where(step => step.From is { } from && from.IsTerminal()),
            step => Assert.Equal((LifeCycleEvent.Revived, TaskState.Ready), (step.Event, step.To)));

    [Fact]
    public void All_EveryState_IsReachedAndEveryLivingOneCanBeCancelled()
    {
        Assert.Equal(Enum.GetValues<TaskState>(), TaskTransition.All.Select(step => step.To).Distinct().Order());
        Assert.All(
            Enum.GetValues<TaskState>().Where(state => !state.IsTerminal()),
            state => Assert.True(TaskTransition.IsLegal(state, LifeCycleEvent.Cancelled, TaskState.Cancelled)));
        Assert.False(TaskTransition.IsLegal(TaskState.Succeeded, LifeCycleEvent.Cancelled, TaskState.Cancelled));
    }

    [Theory]
    [InlineData(ExecutionEnd.Succeeded, 1, LifeCycleEvent.Succeeded, TaskState.Succeeded)]
    [InlineData(ExecutionEnd.Failed, 1, LifeCycleEvent.Retried, TaskState.Scheduled)]
    [InlineData(ExecutionEnd.Failed, 3, LifeCycleEvent.Failed, TaskState.Failed)]
    [InlineData(ExecutionEnd.Cancelled, 1, LifeCycleEvent.Cancelled, TaskState.Cancelled)]
    [InlineData(ExecutionEnd.Released, 1, LifeCycleEvent.Released, TaskState.Ready)]
    internal void Decide_EveryOutcome_IsALegalStepFromRunning(ExecutionEnd end, int attempt, LifeCycleEvent happened, TaskState to)
    {
        var report = new ExecutionReport { Id = Waiting.Id(1), Attempt = attempt, Dispatch = 1, End = end, Ran = TimeSpan.Zero };
        var outcome = LifeCycle.Decide(report, RetryPolicy.Default, Waiting.Start, Waiting.Start, Waiting.Start, new SeededRandomSource(1));

        Assert.Equal(to, outcome.Kind switch
        {
            OutcomeKind.Succeeded => TaskState.Succeeded,
            OutcomeKind.Failed => TaskState.Failed,
            OutcomeKind.Cancelled => TaskState.Cancelled,
            OutcomeKind.Retry => StoredState.Waiting.Shown(outcome.RunAt, Waiting.Start),
            _ => StoredState.Waiting.Shown(Waiting.Start, Waiting.Start),
        });
        Assert.True(TaskTransition.IsLegal(TaskState.Running, happened, to));
    }

    /// <summary>As the document writes it: lower case, words apart.</summary>
    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => Capital().Replace(value.ToString(), match => " " + match.Value).Trim().ToLower(CultureInfo.InvariantCulture);

    private static string DocumentPath([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../docs/task-lifecycle.md"));

    [GeneratedRegex(@"^\s*(?<from>\[\*\]|\w+) --> (?<to>\[\*\]|\w+)(: (?<event>[\w ]+))?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Arrow();

    [GeneratedRegex("[A-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex Capital();
}
