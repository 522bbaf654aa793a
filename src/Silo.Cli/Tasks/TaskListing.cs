using Silo.Client;
using Silo.Contracts.Tasks;

namespace Silo.Cli.Tasks;

/// <summary>Reads a listing page by page.</summary>
internal static class TaskListing
{
    private const int PageMax = 500;

    /// <param name="filter">Query fields of the listing; null values are left out.</param>
    /// <param name="limit">Stops after so many.</param>
    public static async Task<List<TaskResponse>> ReadAsync(
        SiloHttpClient client, IReadOnlyDictionary<string, string?> filter, int limit, CancellationToken cancellationToken)
    {
        var tasks = new List<TaskResponse>();
        string? after = null;
        do
        {
            var fields = filter
                .Append(new("limit", Math.Min(PageMax, limit - tasks.Count).ToString()))
                .Append(new("after", after))
                .Where(field => field.Value is not null)
                .Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value!)}");
            var page = await client.ListTasksAsync(string.Join('&', fields), cancellationToken);
            tasks.AddRange(page.Tasks);
            after = page.Next;
        }
        while (after is not null && tasks.Count < limit);

        return tasks;
    }
}
