using System.Collections.Concurrent;
using System.Text.Json;
using Silo.Cli.Processes;
using Silo.Client;

namespace Silo.Cli.Demo.Loss;

/// <summary>Compares what <c>file.digest</c> returned with what <c>sha256sum</c> says of the same files.</summary>
internal static class DigestCheck
{
    private const int ReadersMax = 8;

    /// <param name="files">The file of each task, relative to <paramref name="folder"/>.</param>
    /// <param name="before">What <c>sha256sum</c> said before the demo.</param>
    /// <returns>One sentence for every digest that is neither the one before nor the one of now.</returns>
    public static async Task<IReadOnlyList<string>> CompareAsync(
        SiloHttpClient client, string folder, IReadOnlyDictionary<Guid, string> files, IReadOnlyDictionary<string, string> before, CancellationToken cancellationToken)
    {
        var differing = new ConcurrentDictionary<Guid, string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadersMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(files, options, async (pair, token) =>
        {
            var result = (await client.GetTaskAsync(pair.Key.ToString(), wait: null, token)).Result;
            var digest = result.IsNone ? "nothing" : Sha256Of(result.Utf8);
            if (digest != before[pair.Value])
            {
                differing[pair.Key] = digest;
            }
        });

        // Somebody may have changed a file while the demo ran: then the digest must be today's.
        var changed = differing.Keys.Select(id => files[id]).Distinct().ToDictionary(file => Path.Join(folder, file), file => file);
        var now = await Sha256Sum.DigestAsync(changed.Keys.Where(File.Exists), cancellationToken);
        return
        [
            .. differing
                .Where(pair => now.GetValueOrDefault(Path.Join(folder, files[pair.Key])) != pair.Value)
                .Select(pair => $"{pair.Key}: file.digest of {files[pair.Key]} is {pair.Value}, sha256sum says {before[files[pair.Key]]}."),
        ];
    }

    private static string Sha256Of(ReadOnlyMemory<byte> result)
    {
        using var json = JsonDocument.Parse(result);
        return json.RootElement.GetProperty("sha256").GetString() ?? "null";
    }
}
