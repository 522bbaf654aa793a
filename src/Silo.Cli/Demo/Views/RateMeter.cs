namespace Silo.Cli.Demo.Views;

/// <summary>How fast a count has grown over the last second or so.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private readonly Queue<(TimeSpan At, int Count)> _samples = new();
    private long _started;

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    public void Start() => _started = time.GetTimestamp();

    public double PerSecond(int count)
    {
        var now = Elapsed;
        _samples.Enqueue((now, count));
        while (now - _samples.Peek().At > Window)
        {
            _samples.Dequeue();
        }

        var (at, earlier) = _samples.Peek();
        return now > at ? (count - earlier) / (now - at).TotalSeconds : 0;
    }
}
