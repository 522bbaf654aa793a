using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks;

/// <summary>What a listing asks for.</summary>
/// <param name="Filter">As the store knows it.</param>
/// <param name="State">As a user sees it: scheduled and ready are one state in the store, and told apart by the due time.</param>
internal sealed record TaskQuery(TaskFilter Filter, TaskState? State, TaskCursor? After, int Limit)
{
    public const int LimitMax = 500;
    public const int LimitDefault = 100;

    /// <summary>Every parameter of a listing, as the API's document has it.</summary>
    public static readonly QueryPart[] Parameters =
    [
        new("state", "Only tasks in this state; `running` means: known to have run for over a second.") { Values = [.. Enum.GetValues<TaskState>().Select(WireNames.Of)] },
        new("queue", "Only tasks of this queue."),
        new("type", "Only tasks of this type."),
        new("node", "Only tasks that this node holds, or ran last."),
        new("correlationId", "Only tasks with this correlation id."),
        new("label", "Only tasks with this label, as `key:value`."),
        new("createdFrom", "Only tasks submitted at this time or later.", Format: "date-time"),
        new("createdBefore", "Only tasks submitted before this time.", Format: "date-time"),
        new("limit", "Tasks on a page. Default 100.", "integer") { Minimum = 1, Maximum = LimitMax },
        new("after", "The `next` of the page before."),
    ];

    private const string CursorMark = "n";

    public static TaskQuery Read(HttpRequest request, RequestProblems problems)
    {
        var query = new QueryFields(request, problems, [.. Parameters.Select(parameter => parameter.Name)]);
        TaskState? state = query.Text("state") is { } name ? problems.OneOf<TaskState>("state", name) : null;
        var filter = new TaskFilter
        {
            State = state is { } shown ? Stored(shown) : null,
            Queue = Name("queue"),
            Type = Name("type"),
            Node = Name("node"),
            CorrelationId = query.Text("correlationId"),
            Label = Label(query.Text("label"), problems),
            CreatedFrom = query.Instant("createdFrom"),
            CreatedBefore = query.Instant("createdBefore"),
        };
        return new TaskQuery(filter, state, Cursor(query.Text("after"), problems), query.Whole("limit", 1, LimitMax, LimitDefault));

        // What cannot be a name would be found nowhere, and an empty page would not say why.
        string? Name(string parameter) => query.Text(parameter) is { } text ? problems.Name(parameter, text) : null;
    }

    public static string Text(TaskCursor cursor) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(CursorMark + cursor.Number.ToString(CultureInfo.InvariantCulture)));

    private static StoredState Stored(TaskState shown) => shown switch
    {
        TaskState.Scheduled or TaskState.Ready => StoredState.Waiting,
        TaskState.Running => StoredState.Running,
        TaskState.Succeeded => StoredState.Succeeded,
        TaskState.Failed => StoredState.Failed,
        TaskState.Cancelled => StoredState.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(shown), shown, "No such state."),
    };

    private static TaskCursor? Cursor(string? text, RequestProblems problems)
    {
        if (text is null)
            return null;
        var bytes = Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : [];
        if (Encoding.ASCII.GetString(bytes) is ['n', .. var digits] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new TaskCursor(number);
        problems.Add("after", ProblemCodes.BadCursor, "must be the next of an earlier page");
        return null;
    }

    private static KeyValuePair<string, string>? Label(string? text, RequestProblems problems)
    {
        if (text is null)
            return null;
        if (text.Split(':', 2) is [{ Length: > 0 } key, var value])
            return new KeyValuePair<string, string>(key, value);
        problems.Add("label", ProblemCodes.WrongType, "must be a label's key and value as key:value");
        return null;
    }
}
