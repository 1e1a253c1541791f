/* The protocol of docs/protocol.md: one notification, two workers, a clock, and what fails.
 *
 * One step of the loop is one atomic step of the system: a write to DynamoDB, a send, a crash, a tick. Times are
 * ticks from now. A rule is removed by -D<rule>=0, a fault allowed by -D<FAULT>=<how often>.
 *
 *   spin -a -DCRASHES=1 -DREQUEUES=1 delivery.pml && gcc -O1 -DSAFETY -DVECTORSZ=256 -o pan pan.c && ./pan -m1000000
 *
 * spin reports a state in which an assertion fails, and one in which nothing can happen although the row is not
 * settled. tests/unit/notifications has the same model in Python, which also proves that every state can settle.
 */

/* Faults: how many of each may happen. */
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef STALLS
#define STALLS 0
#endif
#ifndef REQUEUES
#define REQUEUES 0
#endif
#ifndef DUPLICATES
#define DUPLICATES 0
#endif
#ifndef THROTTLES
#define THROTTLES 0
#endif
#ifndef OUTAGES
#define OUTAGES 0
#endif

/* Rules: docs/protocol.md says what each is. */
#ifndef arms_first_failure
#define arms_first_failure 1
#endif
#ifndef respects_leases
#define respects_leases 1
#endif
#ifndef accepts_own_token
#define accepts_own_token 1
#endif
#ifndef second_try_is_conditional
#define second_try_is_conditional 1
#endif
#ifndef books_lost_attempts
#define books_lost_attempts 1
#endif
#ifndef spent_is_not_sent
#define spent_is_not_sent 1
#endif
#ifndef checks_time
#define checks_time 1
#endif
#ifndef gives_back_by_token
#define gives_back_by_token 1
#endif
#ifndef gives_back_uncharged
#define gives_back_uncharged 1
#endif
#ifndef completes_by_token
#define completes_by_token 1
#endif
#ifndef rereads_refused_completions
#define rereads_refused_completions 1
#endif
#ifndef reread_compares_budget
#define reread_compares_budget 1
#endif
#ifndef failure_releases
#define failure_releases 1
#endif
#ifndef marks_dead_letters
#define marks_dead_letters 1
#endif
#ifndef publishes_before_clearing
#define publishes_before_clearing 1
#endif
#ifndef rereads_before_publishing
#define rereads_before_publishing 1
#endif
#ifndef clears_by_epoch
#define clears_by_epoch 1
#endif
#ifndef requeue_respects_leases
#define requeue_respects_leases 1
#endif
#ifndef requeue_raises_epoch
#define requeue_raises_epoch 1
#endif
#ifndef requeue_resets_budget
#define requeue_resets_budget 1
#endif
#ifndef parked_stays_due
#define parked_stays_due 1
#endif
#ifndef probe_is_uncharged
#define probe_is_uncharged 1
#endif

#define LEASE 3
#define WORK 1
#define WAIT 1
#define DEAD_LETTER_WAIT 1
#define MAX_ATTEMPTS 2
#define NEVER 99 /* not in the due index */

/* Owners of the lease: worker 0, worker 1, */
#define GONE 8 /* a worker that is gone, */
#define LATE 9 /* one that is gone, and whose claim arrives once more, */
#define NOBODY 10

/* Statuses of the row. */
#define PENDING 0
#define FAILED 1
#define SENT 2
#define DEAD 3

/* What a worker is about to do. */
#define IDLE 0
#define SECOND 1 /* the second try of a claim, on an expired lease */
#define HELD 2
#define SENDING 3
#define COMPLETING 4
#define REFUSED 5 /* the completion was refused: it reads the row again */
#define NOMINATED 6 /* it found a dead row whose letter is not published */
#define PUBLISHING 7
#define CLEARING 8

/* Outcomes of a send. */
#define NONE 0
#define DELIVERED 1
#define RETRYABLE 2
#define PERMANENT 3
#define THROTTLED 4
#define PROBE_FAILED 5
#define SPENT 6
#define EXPIRED 7

/* The row. */
byte status = PENDING, due = 0, epoch = 1, retry = 0, owner = NOBODY, lease = 0;
bool dead_letter = false;

/* What only an observer knows: attempts and deliveries of this epoch, faults that excuse duplicates, attempts that
 * were lost and booked as lost, whether the dead letter is published. */
short tries = 0, delivered = 0, excuses = 0, lost = 0, booked = 0;
bool published = false;

/* A claim that arrives once more, and how long its lease would last. */
byte late = NOBODY, late_lease = 0;

byte crashes = CRASHES, stalls = STALLS, requeues = REQUEUES, duplicates = DUPLICATES;
byte throttles = THROTTLES, outages = OUTAGES;

/* The workers, and what they saw: epoch and retry count; `fits`: the row is still as they saw it. */
byte phase[2] = IDLE, w_epoch[2] = 0, w_retry[2] = 0, outcome[2] = NONE, elapsed[2] = 0, w_lease[2] = 0;
bool w_lost[2] = false, fits[2] = true, stalled[2] = false;

hidden byte had_outcome, had_retry, remaining, token, is_mine, is_dead;

#define IS_OPEN (status == PENDING || status == FAILED)
#define IS_SETTLED ((status == SENT || (status == DEAD && !dead_letter)) && due == NEVER && owner == NOBODY)
#define IS_BLANK(me) (phase[me] == IDLE && w_epoch[me] == 0)
#define HOLDS(me) ((completes_by_token && owner == me && fits[me] && epoch == w_epoch[me]) || \
                   (!completes_by_token && IS_OPEN))

inline become(me, what, in_epoch) {
  phase[me] = what; w_epoch[me] = in_epoch; w_retry[me] = 0; w_lost[me] = false; outcome[me] = NONE;
  elapsed[me] = 0; w_lease[me] = 0; fits[me] = true; stalled[me] = false
}

/* Lease and attempt changed: nobody's view of them holds any more. */
inline unfit() {
  fits[0] = fits[0] && IS_BLANK(0);
  fits[1] = fits[1] && IS_BLANK(1)
}

inline release() { owner = NOBODY; lease = 0; unfit() }

/* A claim that is still under way asks for what was due at its own time: it will be refused. */
inline due_anew() {
  owner = (late == LATE && owner == LATE -> GONE : owner);
  late = NOBODY; late_lease = 0
}

/* The token outlives its worker. */
inline leave(me) {
  owner = (owner == me -> (late == me -> LATE : GONE) : owner);
  late = (late == me -> LATE : late);
  become(me, IDLE, 0)
}

/* Claims */

inline take(me, was_lost) {
  owner = me; lease = LEASE; tries = tries + 1;
  unfit();
  become(me, HELD, epoch);
  w_retry[me] = retry; w_lost[me] = was_lost; w_lease[me] = LEASE
}

inline give_back(me) {
  is_mine = (gives_back_by_token && owner == me) || (!gives_back_by_token && HOLDS(me));
  leave(me);
  if
  :: is_mine -> release(); retry = retry + !gives_back_uncharged; tries = tries - gives_back_uncharged
  :: else
  fi
}

inline take_expired(me) {
  if
  :: !fits[me] && second_try_is_conditional -> become(me, IDLE, 0)
  :: else ->
    retry = w_retry[me] + books_lost_attempts; booked = booked + 1;
    tries = tries - (retry >= MAX_ATTEMPTS && spent_is_not_sent);
    take(me, true)
  fi
}

inline begin_send(me) {
  if
  :: w_lost[me] && w_retry[me] >= MAX_ATTEMPTS && spent_is_not_sent -> phase[me] = COMPLETING; outcome[me] = SPENT
  :: else ->
    if
    :: w_lease[me] > WORK || !checks_time -> phase[me] = SENDING; elapsed[me] = 0
    :: else -> give_back(me)
    fi
  fi
}

/* The channel's breaker is open: the row waits for it. */
inline park(me) {
  give_back(me);
  due = (!parked_stays_due && owner == NOBODY -> NEVER : due)
}

/* Sends and completions */

inline sent(me, how) { phase[me] = COMPLETING; outcome[me] = how }

inline fail(when) {
  if
  :: failure_releases -> release()
  :: else
  fi;
  status = FAILED; due = when
}

inline die(me) {
  release();
  assert(had_outcome == PERMANENT || had_outcome == EXPIRED || tries >= MAX_ATTEMPTS); /* DIES_ON_A_SPENT_BUDGET */
  status = DEAD; due = (marks_dead_letters -> DEAD_LETTER_WAIT : NEVER);
  dead_letter = marks_dead_letters; published = false;
  become(me, NOMINATED, epoch)
}

inline complete(me) {
  had_outcome = outcome[me]; had_retry = w_retry[me];
  due_anew();
  become(me, IDLE, 0);
  if
  :: had_outcome == DELIVERED -> release(); status = SENT; due = NEVER
  :: had_outcome == THROTTLED -> fail(WAIT); tries = tries - 1
  :: had_outcome == PROBE_FAILED -> fail(WAIT); retry = had_retry + !probe_is_uncharged; tries = tries - 1
  :: had_outcome == RETRYABLE && had_retry < MAX_ATTEMPTS - 1 ->
    fail((had_retry > 0 || arms_first_failure -> WAIT : NEVER)); retry = had_retry + 1
  :: else -> die(me)
  fi
}

/* A late duplicate of the own claim may have raised the attempt. */
inline read_again(me) {
  is_mine = owner == me && epoch == w_epoch[me] && (retry == w_retry[me] || !reread_compares_budget);
  if
  :: is_mine && rereads_refused_completions -> phase[me] = COMPLETING; fits[me] = true
  :: else -> leave(me)
  fi
}

/* Dead letters */

inline look(me) {
  is_dead = status == DEAD && dead_letter;
  token = (is_dead -> epoch : w_epoch[me]);
  if
  :: is_dead || !rereads_before_publishing ->
    become(me, (publishes_before_clearing -> PUBLISHING : CLEARING), token)
  :: else -> become(me, IDLE, 0)
  fi
}

inline publish(me) {
  assert(status == DEAD || rereads_before_publishing); /* PUBLISHES_THE_DEAD */
  published = published || (status == DEAD && epoch == w_epoch[me]);
  token = w_epoch[me];
  become(me, (publishes_before_clearing -> CLEARING : IDLE), token)
}

inline clear(me) {
  token = w_epoch[me];
  become(me, (publishes_before_clearing -> IDLE : PUBLISHING), token);
  if
  :: status == DEAD && dead_letter && (epoch == token || !clears_by_epoch) -> dead_letter = false; due = NEVER
  :: else
  fi
}

/* Faults, people and the clock */

inline crash(me) {
  crashes = crashes - 1;
  excuses = excuses + ((phase[me] == COMPLETING || phase[me] == REFUSED) && outcome[me] == DELIVERED);
  lost = lost + (owner == me);
  leave(me)
}

inline requeue() {
  due_anew();
  release();
  status = PENDING; due = 0; epoch = epoch + requeue_raises_epoch; retry = (requeue_resets_budget -> 0 : retry);
  dead_letter = false; published = false; tries = 0; delivered = 0; requeues = requeues - 1
}

/* The first copy of a claim arrives after the second was answered. */
inline arrive_late() {
  token = late; remaining = late_lease; late = NOBODY; late_lease = 0;
  if
  :: IS_OPEN && due == 0 && (owner == NOBODY || owner == token) ->
    tries = tries + (owner == NOBODY); lost = lost + (owner == NOBODY);
    owner = (token == LATE -> GONE : token); lease = remaining;
    unfit()
  :: else -> owner = (owner == LATE -> GONE : owner)
  fi
}

#define IS_TIMED(me) (phase[me] >= HELD && phase[me] <= REFUSED)
#define IS_OVER(me) (elapsed[me] >= (phase[me] == HELD -> LEASE - 1 : WORK))
#define STALLS_NOW(me) (IS_TIMED(me) && IS_OVER(me) && !stalled[me])
#define AGES(me) (IS_TIMED(me) && (!IS_OVER(me) || !stalled[me] || w_lease[me] > 0))
#define TIME_MATTERS ((due != NEVER && due > 0) || lease > 0 || late_lease > 0 || AGES(0) || AGES(1))

inline age(me) {
  if
  :: IS_TIMED(me) ->
    stalls = stalls - STALLS_NOW(me); excuses = excuses + STALLS_NOW(me); lost = lost + STALLS_NOW(me);
    stalled[me] = stalled[me] || IS_OVER(me);
    elapsed[me] = elapsed[me] + !IS_OVER(me);
    w_lease[me] = (w_lease[me] > 0 -> w_lease[me] - 1 : 0)
  :: else
  fi
}

inline tick() {
  due = (due != NEVER && due > 0 -> due - 1 : due);
  lease = (lease > 0 -> lease - 1 : 0);
  late_lease = (late_lease > 0 -> late_lease - 1 : 0);
  age(0); age(1)
}

/* What holds in every state. */
inline check() {
  assert(!IS_OPEN || due != NEVER); /* OPEN_IS_DUE */
  assert(status != DEAD || published || (dead_letter && due != NEVER)); /* NO_DEAD_LETTER_IS_LOST */
  assert(status != SENT || (due == NEVER && owner == NOBODY)); /* SENT_IS_DONE */
  assert(status != SENT || delivered > 0); /* SENT_IS_DELIVERED */
  assert(delivered <= 1 + excuses); /* DUPLICATES_HAVE_A_FAULT */
  assert(tries <= MAX_ATTEMPTS); /* WITHIN_THE_BUDGET */
  assert(booked <= lost) /* ONLY_THE_LOST_ARE_BOOKED */
}

#define CAN_CLAIM(me) (phase[me] == IDLE && due == 0 && IS_OPEN && (owner == NOBODY || !respects_leases))

active proctype protocol() {
  do
  /* worker 0 */
  :: d_step { CAN_CLAIM(0) -> take(0, false); check() }
  :: d_step { CAN_CLAIM(0) && duplicates > 0 -> /* the answer of the claim is lost: it is sent again */
    duplicates = duplicates - 1; take(0, false);
    if
    :: accepts_own_token -> late = 0; late_lease = LEASE
    :: else -> owner = GONE; become(0, IDLE, 0)
    fi;
    check() }
  :: d_step { phase[0] == IDLE && due == 0 && IS_OPEN && owner != NOBODY && respects_leases && lease == 0 ->
    become(0, SECOND, 0); w_retry[0] = retry; check() }
  :: d_step { phase[0] == IDLE && due == 0 && status == DEAD -> become(0, NOMINATED, epoch); check() }
  :: d_step { phase[0] == SECOND -> take_expired(0); check() }
  :: d_step { phase[0] == HELD -> begin_send(0); check() }
  :: d_step { phase[0] == HELD && outages > 0 -> park(0); check() }
  :: d_step { phase[0] == HELD && outages > 0 -> outages = outages - 1; sent(0, EXPIRED); check() }
  :: d_step { phase[0] == SENDING -> delivered = delivered + 1; sent(0, DELIVERED); check() }
  :: d_step { phase[0] == SENDING -> sent(0, RETRYABLE); check() }
  :: d_step { phase[0] == SENDING -> sent(0, PERMANENT); check() }
  :: d_step { phase[0] == SENDING && throttles > 0 -> throttles = throttles - 1; sent(0, THROTTLED); check() }
  :: d_step { phase[0] == SENDING && outages > 0 -> outages = outages - 1; sent(0, PROBE_FAILED); check() }
  :: d_step { phase[0] == COMPLETING && HOLDS(0) -> complete(0); check() }
  :: d_step { phase[0] == COMPLETING && !HOLDS(0) -> phase[0] = REFUSED; check() }
  :: d_step { phase[0] == REFUSED -> read_again(0); check() }
  :: d_step { phase[0] == NOMINATED -> look(0); check() }
  :: d_step { phase[0] == PUBLISHING -> publish(0); check() }
  :: d_step { phase[0] == CLEARING -> clear(0); check() }
  :: d_step { phase[0] != IDLE && crashes > 0 -> crash(0); check() }
  /* worker 1 */
  :: d_step { CAN_CLAIM(1) -> take(1, false); check() }
  :: d_step { CAN_CLAIM(1) && duplicates > 0 -> /* the answer of the claim is lost: it is sent again */
    duplicates = duplicates - 1; take(1, false);
    if
    :: accepts_own_token -> late = 1; late_lease = LEASE
    :: else -> owner = GONE; become(1, IDLE, 0)
    fi;
    check() }
  :: d_step { phase[1] == IDLE && due == 0 && IS_OPEN && owner != NOBODY && respects_leases && lease == 0 ->
    become(1, SECOND, 0); w_retry[1] = retry; check() }
  :: d_step { phase[1] == IDLE && due == 0 && status == DEAD -> become(1, NOMINATED, epoch); check() }
  :: d_step { phase[1] == SECOND -> take_expired(1); check() }
  :: d_step { phase[1] == HELD -> begin_send(1); check() }
  :: d_step { phase[1] == HELD && outages > 0 -> park(1); check() }
  :: d_step { phase[1] == HELD && outages > 0 -> outages = outages - 1; sent(1, EXPIRED); check() }
  :: d_step { phase[1] == SENDING -> delivered = delivered + 1; sent(1, DELIVERED); check() }
  :: d_step { phase[1] == SENDING -> sent(1, RETRYABLE); check() }
  :: d_step { phase[1] == SENDING -> sent(1, PERMANENT); check() }
  :: d_step { phase[1] == SENDING && throttles > 0 -> throttles = throttles - 1; sent(1, THROTTLED); check() }
  :: d_step { phase[1] == SENDING && outages > 0 -> outages = outages - 1; sent(1, PROBE_FAILED); check() }
  :: d_step { phase[1] == COMPLETING && HOLDS(1) -> complete(1); check() }
  :: d_step { phase[1] == COMPLETING && !HOLDS(1) -> phase[1] = REFUSED; check() }
  :: d_step { phase[1] == REFUSED -> read_again(1); check() }
  :: d_step { phase[1] == NOMINATED -> look(1); check() }
  :: d_step { phase[1] == PUBLISHING -> publish(1); check() }
  :: d_step { phase[1] == CLEARING -> clear(1); check() }
  :: d_step { phase[1] != IDLE && crashes > 0 -> crash(1); check() }
  :: d_step { requeues > 0 && (status == DEAD || (status == FAILED &&
              (owner == NOBODY || lease == 0 || !requeue_respects_leases))) -> requeue(); check() }
  :: d_step { late != NOBODY -> arrive_late(); check() }
  :: d_step { TIME_MATTERS && stalls >= STALLS_NOW(0) + STALLS_NOW(1) -> tick(); check() }
  :: IS_SETTLED
  od
}
