using Microsoft.AspNetCore.Http;
using Silo.Core.Tasks;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Tasks.Streams;

/// <summary>Reads one group of lines while the one before is stored and answered. Holds two groups at most, so a client that does not read its answers is read no further.</summary>
internal sealed class SubmitStream(LineSubmitter submitter, LineWriter writer, CancellationToken aborted)
{
    public const int GroupLinesMax = 1000;

    /// <summary>A group is closed once its lines have this many bytes.</summary>
    public const int GroupBytesMax = 2 * TaskLimits.PayloadBytesMax;

    private List<SubmitLine> _group = [];
    private long _groupBytes;
    private Task _sending = Task.CompletedTask;

    /// <param name="stopping">The server stops: what was read is answered, and a last line says that the rest was not.</param>
    /// <returns>Whether the body was read to its end.</returns>
    public async Task<bool> RunAsync(LineReader lines, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        try
        {
            var refusal = await ReadAllAsync(lines, ended.Token);
            if (refusal is not null)
                _group.Add(SubmitLine.Refused(lines.Number + 1, refusal));
            await SendAsync();
            await _sending;
            return refusal is null;
        }
        finally
        {
            // The response must not be written to once the request has ended, however it ended.
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lines.Release();
        }
    }

    /// <returns>Why the rest was not read; null at the end of the body.</returns>
    private async Task<ProblemResult?> ReadAllAsync(LineReader lines, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                switch (lines.Read(out var line))
                {
                    case LineRead.Line:
                        _groupBytes += line.Length;
                        await AddAsync(submitter.Read(lines.Number, line));
                        break;
                    case LineRead.TooLong:
                        await AddAsync(submitter.RefuseLength(lines.Number));
                        break;
                    case LineRead.NotYet:
                        await FillAsync(lines, ended);
                        break;
                    default:
                        return null;
                }
            }
        }
        catch (BadHttpRequestException bad)
        {
            return ApiProblems.OfStatus(bad.StatusCode, "the body");
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return ApiProblems.NotReady("The server stops; this line and those after it were not read.");
        }
    }

    private async ValueTask AddAsync(SubmitLine line)
    {
        _group.Add(line);
        if (_group.Count == GroupLinesMax || _groupBytes >= GroupBytesMax)
            await SendAsync();
    }

    // A sender that pauses gets its answers at once; while a group is stored, the next one gathers what arrives meanwhile.
    private async Task FillAsync(LineReader lines, CancellationToken ended)
    {
        var arrival = lines.FillAsync(ended).AsTask();
        if (!arrival.IsCompleted && _group.Count > 0)
        {
            await Task.WhenAny(arrival, _sending);
            if (!arrival.IsCompleted)
                await SendAsync();
        }

        await arrival;
    }

    private async Task SendAsync()
    {
        await _sending;
        var group = _group;
        (_group, _groupBytes) = ([], 0);
        _sending = AnswerAsync(group);
    }

    private async Task AnswerAsync(List<SubmitLine> group)
    {
        if (group.Count == 0)
            return;
        await submitter.SubmitAsync(group, aborted);
        await writer.WriteAsync(group, aborted);
    }
}
