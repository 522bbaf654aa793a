using System.Globalization;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Problems;

namespace Silo.Gateway.Requests;

/// <summary>A query string, read as strictly as a body.</summary>
internal sealed class QueryFields
{
    private readonly IQueryCollection _query;
    private readonly RequestProblems _problems;

    public QueryFields(HttpRequest request, RequestProblems problems, params string[] known)
    {
        (_query, _problems) = (request.Query, problems);
        foreach (var (name, values) in _query)
        {
            if (!known.Contains(name))
                problems.Add(name, ProblemCodes.UnknownField, known.Length == 0 ? "is no parameter here; there are none" : $"is no parameter here; known are {string.Join(", ", known)}");
            else if (values.Count > 1)
                problems.Add(name, ProblemCodes.DuplicateField, "must be given once");
        }
    }

    /// <returns>Null when absent or refused; empty is as good as absent.</returns>
    public string? Text(string name) => _query[name] is [{ Length: > 0 } text] ? _problems.Text(name, text) : null;

    public int Whole(string name, int min, int max, int absent)
    {
        if (Text(name) is not { } text)
            return absent;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return _problems.Between(name, value, min, max);
        _problems.Add(name, ProblemCodes.WrongType, $"must be a whole number of {min} to {max}");
        return absent;
    }

    /// <summary>The parameter <c>wait</c>: seconds to wait for a task's end.</summary>
    public TimeSpan Wait(TimeSpan max)
    {
        if (Text("wait") is not { } text)
            return TimeSpan.Zero;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            return _problems.Duration("wait", seconds, TimeSpan.Zero, max);
        _problems.Add("wait", ProblemCodes.WrongType, "must be a number of seconds");
        return TimeSpan.Zero;
    }

    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        const DateTimeStyles utc = DateTimeStyles.AdjustToUniversal;
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
        if (text.AsSpan(Math.Min(text.Length, 10)).IndexOfAny('Z', '+', '-') >= 0 && DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, utc, out var instant))
            return instant;
        _problems.Add(name, ProblemCodes.WrongType, "must be a time as ISO 8601 with its offset, as 2030-01-31T12:00:00Z");
        return null;
    }
}
