namespace Silo.Embedded.Turns;

/// <summary>What bounds the actors of one kind.</summary>
/// <param name="ActorsMax">Actors at once; when all of them are busy, a call to one more is refused.</param>
/// <param name="Idle">One that is not called for this long is stopped.</param>
/// <param name="IdleWhenFull">The same once <paramref name="ActorsMax"/> is reached.</param>
internal readonly record struct ActorLimit(int ActorsMax, TimeSpan Idle, TimeSpan IdleWhenFull);
