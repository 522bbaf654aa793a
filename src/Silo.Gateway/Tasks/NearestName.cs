using Silo.Core.Tasks;
using Silo.Gateway.Nodes;

namespace Silo.Gateway.Tasks;

/// <summary>The known name that somebody most likely meant.</summary>
internal static class NearestName
{
    /// <returns>Null when nothing is known.</returns>
    public static string? Among(IEnumerable<string> known, string given)
    {
        // Beyond the longest name more characters only cost time.
        var wanted = ShownText.Cut(given, TaskLimits.NameLengthMax).ToLowerInvariant();
        return known.Order(StringComparer.Ordinal).MinBy(name => Distance(name.ToLowerInvariant(), wanted));
    }

    /// <summary>Levenshtein's edit distance, one row at a time.</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
