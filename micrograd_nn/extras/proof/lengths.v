(* Operations of any number of inputs, for every length: x stands in a list before ++ x :: after. *)

Require Import Reals List Lra.
From Coquelicot Require Import Coquelicot.
From Micrograd Require Import calculus.
Import ListNotations.
Open Scope R_scope.

Lemma fold_first (f : R -> R -> R) start : (forall x y z, f x (f y z) = f y (f x z)) ->
  forall before x after,
  fold_right f start (before ++ x :: after) = f x (fold_right f start (before ++ after)).
Proof.
  intros swap before x after; induction before as [| y others same]; [ reflexivity |].
  simpl; rewrite same; apply swap.
Qed.

Lemma sum_first before x after : sum (before ++ x :: after) = x + sum (before ++ after).
Proof. apply fold_first; intros; ring. Qed.
Lemma sum_cons x l : sum (x :: l) = x + sum l. Proof. reflexivity. Qed.
Lemma prod_first before x after : prod (before ++ x :: after) = x * prod (before ++ after).
Proof. apply fold_first; intros; ring. Qed.

Lemma derive_sum before x after : is_derive (fun t : R => sum (before ++ t :: after)) x 1.
Proof.
  apply (is_derive_ext (fun t => t + sum (before ++ after))); [ intros; symmetry; apply sum_first |].
  auto_derive; trivial.
Qed.

Lemma derive_prod before x after :
  is_derive (fun t : R => prod (before ++ t :: after)) x (prod (before ++ after)).
Proof.
  apply (is_derive_ext (fun t => t * prod (before ++ after))); [ intros; symmetry; apply prod_first |].
  auto_derive; trivial; ring.
Qed.

Lemma derive_mean before x after :
  is_derive (fun t : R => mean (before ++ t :: after)) x (/ INR (length (before ++ x :: after))).
Proof.
  set (count := INR (length (before ++ x :: after))).
  apply (is_derive_ext (fun t => (t + sum (before ++ after)) * / count)).
  { intros; rewrite <- sum_first; unfold count, mean; rewrite !app_length; reflexivity. }
  auto_derive; trivial; ring.
Qed.

Lemma derive_dot before w x after :
  is_derive (fun t : R => dot (before ++ (t, x) :: after)) w x.
Proof.
  apply (is_derive_ext (fun t => t * x + dot (before ++ after))).
  { intros; unfold dot; rewrite !map_app; symmetry; apply sum_first. }
  auto_derive; trivial; ring.
Qed.

Lemma sum_exp l : 0 <= sum (map exp l).
Proof.
  induction l as [| x l]; [ apply Rle_refl |].
  pose proof (exp_pos x); cbn [map]; rewrite sum_cons; lra.
Qed.

Lemma derive_logsumexp before x after :
  is_derive (fun t : R => logsumexp (before ++ t :: after)) x
    (exp x / sum (map exp (before ++ x :: after))).
Proof.
  set (others := sum (map exp (before ++ after))).
  assert (first : forall t, sum (map exp (before ++ t :: after)) = exp t + others).
  { intros; unfold others; rewrite !map_app; apply sum_first. }
  pose proof (sum_exp (before ++ after) : 0 <= others).
  pose proof (exp_pos x); rewrite first; unfold logsumexp.
  apply (is_derive_ext (fun t => ln (exp t + others))); [ intros; rewrite first; reflexivity |].
  auto_derive; [ lra | field; lra ].
Qed.

(* The best of some values: what is best of two picks one of them, in any order. *)

Section best.
Variable better : R -> R -> R.
Hypothesis picks : forall x y, better x y = x \/ better x y = y.
Hypothesis turns : forall x y, better x y = better y x.
Hypothesis groups : forall x y z, better x (better y z) = better (better x y) z.

Lemma swaps x y z : better x (better y z) = better y (better x z).
Proof. rewrite !groups, (turns x); reflexivity. Qed.

Lemma best_first before x after : before ++ after <> [] ->
  best better (before ++ x :: after) = better x (best better (before ++ after)).
Proof.
  destruct before as [| y before]; simpl; intros some.
  - destruct after as [| y after]; [ contradiction |]; simpl.
    induction after as [| z after same]; simpl; [ apply turns |].
    rewrite (swaps y), same by discriminate; apply swaps.
  - rewrite fold_first by exact swaps; reflexivity.
Qed.

Lemma best_in l : l <> [] -> In (best better l) l.
Proof.
  induction l as [| x [| y l] among]; intros some; [ contradiction | left; reflexivity |].
  change (best better (x :: y :: l)) with (best better ([] ++ x :: y :: l)).
  rewrite best_first by discriminate; simpl app.
  destruct (picks x (best better (y :: l))) as [-> | ->];
    [ left; reflexivity | right; apply among; discriminate ].
Qed.

Lemma share_of_best l x : ~ In x l -> sum (map (fun y => equal y x) l) = 0.
Proof.
  induction l as [| y l none]; [ reflexivity |]; intros other.
  apply not_in_cons in other as [differ other].
  cbn [map]; rewrite sum_cons, none by assumption.
  unfold equal; destruct Req_dec_T; [ subst; contradiction | ring ].
Qed.

Hypothesis steady : forall x y, x <> y ->
  locally x (fun t => better t y = y) \/ locally x (fun t => better t y = t).

Lemma derive_best before x after : ~ In x (before ++ after) ->
  let out := best better (before ++ x :: after) in
  is_derive (fun t : R => best better (before ++ t :: after)) x
    (equal x out / sum (map (fun y => equal y out) (before ++ x :: after))).
Proof.
  intros other; cbv zeta; rewrite map_app; cbn [map]; rewrite sum_first, <- map_app.
  assert (before ++ after = [] \/ before ++ after <> []) as [none | some]
    by (destruct (before ++ after); [ left | right ]; easy).
  - apply app_eq_nil in none as [-> ->]; evar_last; [ apply @is_derive_id |].
    unfold one, equal; simpl; destruct Req_dec_T; [ field | contradiction ].
  - pose proof (best_in _ some) as among; pose proof (fun t => best_first before t after some) as first.
    set (m := best better (before ++ after)) in *.
    destruct (steady x m) as [near | near]; [ intros ->; contradiction | |];
      rewrite first, (locally_singleton _ _ near).
    + apply (near_by _ _ (fun _ => m) _ _ near); [ intros; rewrite first; symmetry; assumption |].
      evar_last; [ apply @is_derive_const |]; unfold zero, equal at 1; simpl.
      destruct Req_dec_T; [ subst; contradiction | unfold Rdiv; ring ].
    + apply (near_by _ _ (fun t => t) _ _ near); [ intros; rewrite first; symmetry; assumption |].
      evar_last; [ apply @is_derive_id |]; rewrite share_of_best by assumption.
      unfold one, equal; simpl; destruct Req_dec_T; [ field | contradiction ].
Qed.

End best.

Definition derives_by_shares (f : list R -> R) := forall before x after, ~ In x (before ++ after) ->
  let out := f (before ++ x :: after) in
  is_derive (fun t : R => f (before ++ t :: after)) x
    (equal x out / sum (map (fun y => equal y out) (before ++ x :: after))).

Ltac by_choice swap group := unfold derives_by_shares; intros before x after; revert before x after;
  apply derive_best; [ | apply swap | apply group |];
  [ intros a b; unfold Rmax, Rmin; destruct Rle_dec; tauto |];
  intros a b differ; destruct (Rdichotomy a b differ) as [near | near];
  [ apply locally_below in near | apply locally_above in near ];
  first [ left; revert near; apply filter_imp; intros; unfold Rmax, Rmin; destruct Rle_dec; lra
        | right; revert near; apply filter_imp; intros; unfold Rmax, Rmin; destruct Rle_dec; lra ].

Lemma derive_maximum : derives_by_shares maximum. Proof. by_choice Rmax_comm Rmax_assoc. Qed.
Lemma derive_minimum : derives_by_shares minimum. Proof. by_choice Rmin_comm Rmin_assoc. Qed.

Lemma derive_level before x after : (forall n, maximum (before ++ x :: after) <> IZR n) ->
  is_derive (fun t : R => level (before ++ t :: after)) x 0.
Proof.
  intros between; apply (near_by (fun t => level (before ++ t :: after) = level (before ++ x :: after))
    _ (fun _ => level (before ++ x :: after))); [| auto | apply @is_derive_const ].
  apply (locally_in_step (fun t => maximum (before ++ t :: after))); [| exact between ].
  destruct (list_eq_dec Req_dec_T (before ++ after) []) as [none | some].
  - apply app_eq_nil in none as [-> ->]; apply continuous_id.
  - apply (continuous_ext (fun t => Rmax t (maximum (before ++ after)))).
    { intros; symmetry; apply (best_first Rmax Rmax_comm Rmax_assoc); assumption. }
    apply continuous_max; [ apply continuous_id | apply continuous_const ].
Qed.

Lemma choose_whole i l : choose (INR i) l = nth i l 0.
Proof.
  revert i; induction l as [| x l same]; intros [| i]; cbn [choose nth]; try reflexivity;
    destruct Req_dec_T as [zero | other]; try reflexivity; try (contradiction other; reflexivity).
  - apply (not_0_INR (S i)) in zero; easy.
  - rewrite S_INR, <- same; f_equal; ring.
Qed.

Lemma derive_choose before x after i :
  is_derive (fun t : R => choose (INR i) (before ++ t :: after)) x
    (equal (INR i) (INR (length before))).
Proof.
  apply (is_derive_ext (fun t => nth i (before ++ t :: after) 0)).
  { intros; symmetry; apply choose_whole. }
  unfold equal; destruct Req_dec_T as [here | elsewhere].
  - apply INR_eq in here as ->; apply (is_derive_ext (fun t => t)); [| apply @is_derive_id ].
    intros; symmetry; apply nth_middle.
  - apply (is_derive_ext (fun _ => nth i (before ++ x :: after) 0)); [| apply @is_derive_const ].
    intros t; revert elsewhere; revert i; induction before as [| y before same]; intros [| i] differ;
      simpl; try reflexivity; [ contradiction differ; reflexivity |].
    apply same; intros alike; apply differ; cbn [length]; rewrite !S_INR, alike; reflexivity.
Qed.

Definition every_length := conj derive_sum (conj derive_prod (conj derive_mean (conj derive_dot
  (conj derive_logsumexp (conj derive_maximum (conj derive_minimum (conj derive_level derive_choose))))))).
